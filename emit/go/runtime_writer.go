package golang

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
)

// corsWriter applies a response to the handler's at the moment when its headers
// go out, so that nothing the handler does to them before that is lost or wins.
type corsWriter struct {
	inner     http.ResponseWriter
	response  *corsResponse
	origin    string
	committed bool // or hijacked: the headers are out of reach
}

func (w *corsWriter) commit() {
	if w.committed {
		return
	}
	w.committed = true
	w.response.apply(w.inner.Header(), &corsRequest{origin: w.origin})
}

// Header returns the handler's headers.
func (w *corsWriter) Header() http.Header { return w.inner.Header() }

// WriteHeader applies the policy to final responses. An informational one is not
// the answer yet; it only loses the headers that the policy owns.
func (w *corsWriter) WriteHeader(status int) {
	switch {
	case status >= 200 || status == http.StatusSwitchingProtocols:
		w.commit()
	case !w.committed:
		corsRemoveOwned(w.inner.Header())
	}
	w.inner.WriteHeader(status)
}

// Write applies the policy and writes.
func (w *corsWriter) Write(p []byte) (int, error) {
	w.commit()
	return w.inner.Write(p)
}

// WriteString spares io.WriteString a copy.
func (w *corsWriter) WriteString(s string) (int, error) {
	w.commit()
	return io.WriteString(w.inner, s)
}

// FlushError is what http.ResponseController calls. Every writer has it, since
// the controller would go past one without it, and past the policy.
func (w *corsWriter) FlushError() error {
	w.commit()
	err := http.NewResponseController(w.inner).Flush()
	if errors.Is(err, http.ErrNotSupported) {
		w.committed = false // nothing went out
	}
	return err
}

// Unwrap gives http.ResponseController its deadlines and full duplex.
func (w *corsWriter) Unwrap() http.ResponseWriter { return w.inner }

// CloseNotify serves handlers that are older than request contexts. Where the
// server cannot tell, the channel stays silent.
func (w *corsWriter) CloseNotify() <-chan bool {
	if n, ok := w.inner.(interface{ CloseNotify() <-chan bool }); ok {
		return n.CloseNotify()
	}
	return make(chan bool)
}

func (w *corsWriter) flush() {
	w.commit()
	w.inner.(http.Flusher).Flush()
}

// hijack leaves the headers alone: whoever takes the connection writes its own.
func (w *corsWriter) hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffer, err := w.inner.(http.Hijacker).Hijack()
	w.committed = w.committed || err == nil
	return conn, buffer, err
}

// readFrom writes the first bytes itself, as net/http does: until there are some
// the handler may still answer otherwise.
func (w *corsWriter) readFrom(src io.Reader) (int64, error) {
	var first int64
	if !w.committed {
		const sniff = 512
		n, err := io.Copy(struct{ io.Writer }{w}, io.LimitReader(src, sniff))
		if err != nil || n < sniff {
			return n, err
		}
		first = n
	}
	n, err := w.inner.(io.ReaderFrom).ReadFrom(src)
	return first + n, err
}

func (w *corsWriter) push(target string, o *http.PushOptions) error {
	return w.inner.(http.Pusher).Push(target, o)
}

// A handler finds out by type assertions what its writer can do, and must find
// the same with the policy as without it: there is a type for each set of
// Flusher, Hijacker, ReaderFrom and Pusher.
type (
	corsPlain struct{ corsWriter }
	corsF     struct{ corsWriter }
	corsH     struct{ corsWriter }
	corsFH    struct{ corsWriter }
	corsR     struct{ corsWriter }
	corsFR    struct{ corsWriter }
	corsHR    struct{ corsWriter }
	corsFHR   struct{ corsWriter }
	corsP     struct{ corsWriter }
	corsFP    struct{ corsWriter }
	corsHP    struct{ corsWriter }
	corsFHP   struct{ corsWriter }
	corsRP    struct{ corsWriter }
	corsFRP   struct{ corsWriter }
	corsHRP   struct{ corsWriter }
	corsFHRP  struct{ corsWriter }
)

// like returns w as the type that can do what inner can.
func (w *corsPlain) like(inner http.ResponseWriter) http.ResponseWriter {
	_, flusher := inner.(http.Flusher)
	_, hijacker := inner.(http.Hijacker)
	_, reader := inner.(io.ReaderFrom)
	_, pusher := inner.(http.Pusher)
	switch [4]bool{flusher, hijacker, reader, pusher} {
	case [4]bool{true, false, false, false}:
		return (*corsF)(w)
	case [4]bool{false, true, false, false}:
		return (*corsH)(w)
	case [4]bool{true, true, false, false}:
		return (*corsFH)(w)
	case [4]bool{false, false, true, false}:
		return (*corsR)(w)
	case [4]bool{true, false, true, false}:
		return (*corsFR)(w)
	case [4]bool{false, true, true, false}:
		return (*corsHR)(w)
	case [4]bool{true, true, true, false}:
		return (*corsFHR)(w)
	case [4]bool{false, false, false, true}:
		return (*corsP)(w)
	case [4]bool{true, false, false, true}:
		return (*corsFP)(w)
	case [4]bool{false, true, false, true}:
		return (*corsHP)(w)
	case [4]bool{true, true, false, true}:
		return (*corsFHP)(w)
	case [4]bool{false, false, true, true}:
		return (*corsRP)(w)
	case [4]bool{true, false, true, true}:
		return (*corsFRP)(w)
	case [4]bool{false, true, true, true}:
		return (*corsHRP)(w)
	case [4]bool{true, true, true, true}:
		return (*corsFHRP)(w)
	default:
		return w
	}
}

func (w *corsF) Flush()    { w.flush() }
func (w *corsFH) Flush()   { w.flush() }
func (w *corsFR) Flush()   { w.flush() }
func (w *corsFHR) Flush()  { w.flush() }
func (w *corsFP) Flush()   { w.flush() }
func (w *corsFHP) Flush()  { w.flush() }
func (w *corsFRP) Flush()  { w.flush() }
func (w *corsFHRP) Flush() { w.flush() }

func (w *corsH) Hijack() (net.Conn, *bufio.ReadWriter, error)    { return w.hijack() }
func (w *corsFH) Hijack() (net.Conn, *bufio.ReadWriter, error)   { return w.hijack() }
func (w *corsHR) Hijack() (net.Conn, *bufio.ReadWriter, error)   { return w.hijack() }
func (w *corsFHR) Hijack() (net.Conn, *bufio.ReadWriter, error)  { return w.hijack() }
func (w *corsHP) Hijack() (net.Conn, *bufio.ReadWriter, error)   { return w.hijack() }
func (w *corsFHP) Hijack() (net.Conn, *bufio.ReadWriter, error)  { return w.hijack() }
func (w *corsHRP) Hijack() (net.Conn, *bufio.ReadWriter, error)  { return w.hijack() }
func (w *corsFHRP) Hijack() (net.Conn, *bufio.ReadWriter, error) { return w.hijack() }

func (w *corsR) ReadFrom(src io.Reader) (int64, error)    { return w.readFrom(src) }
func (w *corsFR) ReadFrom(src io.Reader) (int64, error)   { return w.readFrom(src) }
func (w *corsHR) ReadFrom(src io.Reader) (int64, error)   { return w.readFrom(src) }
func (w *corsFHR) ReadFrom(src io.Reader) (int64, error)  { return w.readFrom(src) }
func (w *corsRP) ReadFrom(src io.Reader) (int64, error)   { return w.readFrom(src) }
func (w *corsFRP) ReadFrom(src io.Reader) (int64, error)  { return w.readFrom(src) }
func (w *corsHRP) ReadFrom(src io.Reader) (int64, error)  { return w.readFrom(src) }
func (w *corsFHRP) ReadFrom(src io.Reader) (int64, error) { return w.readFrom(src) }

func (w *corsP) Push(target string, o *http.PushOptions) error    { return w.push(target, o) }
func (w *corsFP) Push(target string, o *http.PushOptions) error   { return w.push(target, o) }
func (w *corsHP) Push(target string, o *http.PushOptions) error   { return w.push(target, o) }
func (w *corsFHP) Push(target string, o *http.PushOptions) error  { return w.push(target, o) }
func (w *corsRP) Push(target string, o *http.PushOptions) error   { return w.push(target, o) }
func (w *corsFRP) Push(target string, o *http.PushOptions) error  { return w.push(target, o) }
func (w *corsHRP) Push(target string, o *http.PushOptions) error  { return w.push(target, o) }
func (w *corsFHRP) Push(target string, o *http.PushOptions) error { return w.push(target, o) }
