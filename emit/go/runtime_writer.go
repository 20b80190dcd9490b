package golang

import (
	"io"
	"net/http"
	"sync"
	"sync/atomic"
)

// corsWriter applies a response to the handler's at the moment when its headers
// go out, so that nothing the handler does to them before that is lost or wins.
//
// What the handler gets is a handle. Once the handler has returned, its handle is
// stale: calls through it fail, and the writer may serve another request.
type corsWriter struct {
	chain     *corsChain
	inner     http.ResponseWriter
	response  *corsResponse
	origin    [1]string // of the request; "" if there is none
	copies    bool      // inner copies its header in WriteHeader
	committed bool      // the headers are out of reach
	hijacked  bool
	// state counts the requests in its upper half and the calls that are running
	// in its lower.
	state atomic.Uint32
}

const corsOneRequest = 1 << 16

// corsHandles is how many requests a writer serves before a handle comes round
// again, and with it whoever has kept it.
const corsHandles = 128

// corsReused is a writer for many requests, one after another.
type corsReused struct {
	writer   corsWriter
	returned bool // the handler has, without a panic
	handles  [corsHandles]corsPlain
}

// corsFresh is a writer for one request.
type corsFresh struct {
	writer corsWriter
	handle corsPlain
}

// corsWriters are the writers that wait for a request.
type corsWriters struct {
	pool sync.Pool   // of *corsReused
	kept atomic.Bool // a stale handle was used: from now on no writer is reused
}

func (c *corsChain) serveReused(response *corsResponse, w http.ResponseWriter, r *http.Request, origin []string) {
	reused := c.reused()
	handle := reused.handle()
	can := handle.start(response, w, origin)
	defer c.finish(reused)
	c.next.ServeHTTP(handle.as(can), r)
	reused.returned = true
}

func (c *corsChain) reused() *corsReused {
	if reused, ok := c.writers.pool.Get().(*corsReused); ok {
		return reused
	}
	return corsNewReused(c)
}

func corsNewReused(c *corsChain) *corsReused {
	reused := &corsReused{writer: corsWriter{chain: c}}
	for i := range reused.handles {
		reused.handles[i].corsHandle = corsHandle{writer: &reused.writer, number: uint16(i)}
	}
	return reused
}

// handle returns the handle of the current request.
func (r *corsReused) handle() *corsPlain {
	return &r.handles[r.writer.state.Load()/corsOneRequest%corsHandles]
}

func (c *corsChain) finish(reused *corsReused) {
	handle := reused.handle()
	if reused.writer.finish() && reused.returned {
		handle.giveUp()
		reused.writer.forget()
		reused.returned = false
		c.writers.pool.Put(reused)
	}
}

func (c *corsChain) serveFresh(response *corsResponse, w http.ResponseWriter, r *http.Request, origin []string) {
	fresh := c.fresh()
	can := fresh.handle.start(response, w, origin)
	defer fresh.writer.finish()
	c.next.ServeHTTP(fresh.handle.as(can), r)
}

func (c *corsChain) fresh() *corsFresh {
	fresh := &corsFresh{writer: corsWriter{chain: c}}
	fresh.handle.writer = &fresh.writer
	return fresh
}

// finish makes the handle stale, first of all, so that no late call meets with
// what it does. It reports whether no call is running.
//
// A handler may return without a write, or panic: then whoever answers in its
// place (net/http, or a middleware further out that recovers) answers by this
// policy too.
func (w *corsWriter) finish() bool {
	if w.hijacked {
		return false
	}
	running := w.state.Add(corsOneRequest) % corsOneRequest
	w.commit(0)
	return running == 0
}

// forget makes w ready for the next request.
func (w *corsWriter) forget() {
	w.inner, w.response = nil, nil
	w.origin[0] = ""
	w.committed = false
}

// commit applies the response before headers go out with a status; 0 stands for
// one that somebody else decides. It reports whether it has written the header.
func (w *corsWriter) commit(status int) (written bool) {
	if w.committed {
		return false
	}
	w.committed = true
	request := corsRequest{origin: w.origin[:]}
	header := w.inner.Header()
	if !w.copies || status < 200 || status > 999 {
		w.response.apply(header, &request, &w.chain.vary)
		return false
	}
	w.response.send(w.inner, header, status, &request, &w.chain.vary)
	return true
}

// readFrom reads the first bytes itself, as net/http does: until there are some
// the handler may still answer otherwise.
func (w *corsWriter) readFrom(src io.Reader) (int64, error) {
	first := 0
	if !w.committed {
		buffer := w.chain.buffer()
		defer w.chain.buffers.Put(buffer)
		var err error
		if first, err = w.copyFirst(buffer[:], src); err != nil {
			if err == io.EOF {
				err = nil
			}
			return int64(first), err
		}
	}
	n, err := w.inner.(io.ReaderFrom).ReadFrom(src)
	return int64(first) + n, err
}

// copyFirst fills buffer from src and writes it. It returns io.EOF if src ended.
func (w *corsWriter) copyFirst(buffer []byte, src io.Reader) (int, error) {
	n, readErr := io.ReadFull(src, buffer)
	if readErr == io.ErrUnexpectedEOF {
		readErr = io.EOF
	}
	if n == 0 {
		return 0, readErr
	}
	w.commit(http.StatusOK)
	n, err := w.inner.Write(buffer[:n])
	if err == nil {
		err = readErr
	}
	return n, err
}

// buffer returns what readFrom needs to look at the first bytes of a body.
func (c *corsChain) buffer() *[512]byte {
	if b, ok := c.buffers.Get().(*[512]byte); ok {
		return b
	}
	return new([512]byte)
}
