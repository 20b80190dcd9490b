package golang

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"testing"
)

// ableWriter can do everything, and remembers what came in. As a server's it
// copies the header in WriteHeader.
type ableWriter struct {
	header, sent http.Header
	status       int
	calls        []string
	before       func(call string) // may be nil
}

func newAbleWriter() *ableWriter { return &ableWriter{header: http.Header{}} }

func (w *ableWriter) call(name string) {
	if w.before != nil {
		w.before(name)
	}
	w.calls = append(w.calls, name)
}

func (w *ableWriter) Header() http.Header { return w.header }

func (w *ableWriter) WriteHeader(status int) {
	w.call(fmt.Sprintf("WriteHeader %d", status))
	if w.status == 0 && status >= 200 {
		w.status, w.sent = status, w.header.Clone()
	}
}

func (w *ableWriter) Write(p []byte) (int, error) {
	w.call("Write " + string(p))
	return len(p), nil
}

func (w *ableWriter) WriteString(s string) (int, error) {
	w.call("WriteString " + s)
	return len(s), nil
}

func (w *ableWriter) ReadFrom(src io.Reader) (int64, error) {
	w.call("ReadFrom")
	return io.Copy(io.Discard, src)
}

func (w *ableWriter) Flush()            { w.call("Flush") }
func (w *ableWriter) FlushError() error { w.call("FlushError"); return nil }

func (w *ableWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.call("Hijack")
	return nil, nil, nil
}

func (w *ableWriter) Push(target string, _ *http.PushOptions) error {
	w.call("Push " + target)
	return nil
}

func (w *ableWriter) CloseNotify() <-chan bool { w.call("CloseNotify"); return nil }

func (w *ableWriter) EnableFullDuplex() error { w.call("EnableFullDuplex"); return nil }

// corsHandlerOf returns the handler of appSettings. If copying is set it takes
// an ableWriter for a server's.
func corsHandlerOf(tb testing.TB, copying bool, next http.HandlerFunc) *corsHandler {
	tb.Helper()
	h := middleware(tb, appSettings)(next).(*corsHandler)
	if copying {
		h.chain.copying.seen.Store(corsTypeOf(&ableWriter{}))
	}
	return h
}

// alone makes a chain serve all requests with one writer, which sync.Pool does not
// promise.
func alone(c *corsChain) *corsReused {
	reused := c.reused()
	c.writers.pool.New = func() any { return reused }
	return reused
}

func appRequest() *http.Request {
	return request("GET", http.Header{"Origin": {appOrigin}})
}

// writerOf returns what stands behind the handle that a handler got.
func writerOf(w http.ResponseWriter) *corsWriter {
	v := reflect.ValueOf(w).Elem().Field(0).FieldByName("writer")
	return (*corsWriter)(v.UnsafePointer())
}
