package golang

import (
	"bufio"
	"errors"
	"io"
	"net"
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
	header    http.Header // of inner, if that copies it in WriteHeader
	response  *corsResponse
	origin    [1]string // of the request; "" if there is none
	committed bool      // the headers are out of reach
	hijacked  bool
	// state counts the requests in its upper half and the calls that are running
	// in its lower.
	state atomic.Uint32
}

const corsOneRequest = 1 << 16

// corsHandle is the access of one request to a writer.
type corsHandle struct {
	writer *corsWriter
	number uint16 // of the request, modulo corsHandles
	taken  bool   // a handler has it that has not returned
}

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
	reused.writer.start(response, w, origin)
	defer c.finish(reused)
	c.next.ServeHTTP(reused.handle().like(w), r)
	reused.returned = true
}

func (c *corsChain) reused() *corsReused {
	reused, ok := c.writers.pool.Get().(*corsReused)
	if !ok {
		reused = corsNewReused(c)
	}
	reused.handle().taken = true
	return reused
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
	if !reused.writer.hijacked {
		reused.handle().taken = false
	}
	if reused.writer.finish() && reused.returned {
		reused.writer.forget()
		reused.returned = false
		c.writers.pool.Put(reused)
	}
}

func (c *corsChain) serveFresh(response *corsResponse, w http.ResponseWriter, r *http.Request, origin []string) {
	fresh := c.fresh()
	fresh.writer.start(response, w, origin)
	defer fresh.writer.finish()
	c.next.ServeHTTP(fresh.handle.like(w), r)
}

func (c *corsChain) fresh() *corsFresh {
	fresh := &corsFresh{writer: corsWriter{chain: c}}
	fresh.handle.writer, fresh.handle.taken = &fresh.writer, true
	return fresh
}

func (w *corsWriter) start(response *corsResponse, inner http.ResponseWriter, origin []string) {
	w.inner, w.response = inner, response
	if origin != nil {
		w.origin[0] = origin[0]
	}
	if w.chain.copying.is(inner) {
		w.header = inner.Header()
	}
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
	w.inner, w.header, w.response = nil, nil, nil
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
	if w.header == nil || status < 200 || status > 999 {
		w.response.apply(w.inner.Header(), &request, &w.chain.vary)
		return false
	}
	loan := w.response.lend(w.header, &request, &w.chain.vary)
	w.inner.WriteHeader(status)
	loan.takeBack(w.header)
	return true
}

// corsStale is the error of calls through a stale handle.
type corsStale struct{}

func (corsStale) Error() string { return "cors: the handler of this http.ResponseWriter has returned" }

// enter returns the writer for a call, which ends with leave, or nil if the
// handle is stale. If the call panics it never ends, and the writer is not used
// again.
func (h *corsHandle) enter() *corsWriter {
	if h.isCurrent(h.writer.state.Add(1)) {
		return h.writer
	}
	h.writer.leave()
	h.writer.chain.writers.kept.Store(true)
	return nil
}

func (h *corsHandle) isCurrent(state uint32) bool {
	return state/corsOneRequest%corsHandles == uint32(h.number) && h.taken
}

func (w *corsWriter) leave() { w.state.Add(^uint32(0)) }

// Header returns the handler's headers.
func (h *corsHandle) Header() http.Header {
	if h.isCurrent(h.writer.state.Load()) {
		header := h.writer.header
		// An Add, since a Load could overtake the reading of header.
		if header != nil && h.isCurrent(h.writer.state.Add(0)) {
			return header
		}
	}
	w := h.enter()
	if w == nil {
		return http.Header{}
	}
	header := w.inner.Header()
	w.leave()
	return header
}

// WriteHeader applies the policy to final responses. An informational one is not
// the answer yet; it only loses the headers that the policy owns.
func (h *corsHandle) WriteHeader(status int) {
	w := h.enter()
	if w == nil {
		return
	}
	written := false
	switch {
	case status >= 200 || status == http.StatusSwitchingProtocols:
		written = w.commit(status)
	case !w.committed:
		corsRemoveOwned(w.inner.Header())
	}
	if !written {
		w.inner.WriteHeader(status)
	}
	w.leave()
}

// Write applies the policy and writes.
func (h *corsHandle) Write(p []byte) (int, error) {
	w := h.enter()
	if w == nil {
		return 0, corsStale{}
	}
	w.commit(http.StatusOK)
	n, err := w.inner.Write(p)
	w.leave()
	return n, err
}

// WriteString spares io.WriteString a copy.
func (h *corsHandle) WriteString(s string) (int, error) {
	w := h.enter()
	if w == nil {
		return 0, corsStale{}
	}
	w.commit(http.StatusOK)
	n, err := io.WriteString(w.inner, s)
	w.leave()
	return n, err
}

// FlushError is what http.ResponseController calls. Every writer has it, since
// the controller would go past one without it, and past the policy.
func (h *corsHandle) FlushError() error {
	w := h.enter()
	if w == nil {
		return corsStale{}
	}
	applied := !w.committed
	w.commit(http.StatusOK)
	err := http.NewResponseController(w.inner).Flush()
	if applied && errors.Is(err, http.ErrNotSupported) {
		w.committed = false // nothing went out
	}
	w.leave()
	return err
}

// Unwrap gives http.ResponseController its deadlines and full duplex.
func (h *corsHandle) Unwrap() http.ResponseWriter {
	w := h.enter()
	if w == nil {
		return nil
	}
	inner := w.inner
	w.leave()
	return inner
}

// CloseNotify serves handlers that are older than request contexts. Where the
// server cannot tell, the channel stays silent.
func (h *corsHandle) CloseNotify() <-chan bool {
	w := h.enter()
	if w == nil {
		return make(chan bool)
	}
	defer w.leave()
	if n, ok := w.inner.(interface{ CloseNotify() <-chan bool }); ok {
		return n.CloseNotify()
	}
	return make(chan bool)
}

func (h *corsHandle) flush() {
	w := h.enter()
	if w == nil {
		return
	}
	w.commit(http.StatusOK)
	w.inner.(http.Flusher).Flush()
	w.leave()
}

// hijack leaves the headers alone: whoever takes the connection writes its own,
// and may go on after the handler has returned.
func (h *corsHandle) hijack() (net.Conn, *bufio.ReadWriter, error) {
	w := h.enter()
	if w == nil {
		return nil, nil, corsStale{}
	}
	conn, buffer, err := w.inner.(http.Hijacker).Hijack()
	if err == nil {
		w.committed, w.hijacked = true, true
	}
	w.leave()
	return conn, buffer, err
}

func (h *corsHandle) push(target string, o *http.PushOptions) error {
	w := h.enter()
	if w == nil {
		return corsStale{}
	}
	err := w.inner.(http.Pusher).Push(target, o)
	w.leave()
	return err
}

func (h *corsHandle) readFrom(src io.Reader) (int64, error) {
	w := h.enter()
	if w == nil {
		return 0, corsStale{}
	}
	n, err := w.readFrom(src)
	w.leave()
	return n, err
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

// A handler finds out by type assertions what its writer can do, and must find
// the same with the policy as without it: there is a type for each set of
// Flusher, Hijacker, ReaderFrom and Pusher.
type (
	corsPlain struct{ corsHandle }
	corsF     struct{ corsHandle }
	corsH     struct{ corsHandle }
	corsFH    struct{ corsHandle }
	corsR     struct{ corsHandle }
	corsFR    struct{ corsHandle }
	corsHR    struct{ corsHandle }
	corsFHR   struct{ corsHandle }
	corsP     struct{ corsHandle }
	corsFP    struct{ corsHandle }
	corsHP    struct{ corsHandle }
	corsFHP   struct{ corsHandle }
	corsRP    struct{ corsHandle }
	corsFRP   struct{ corsHandle }
	corsHRP   struct{ corsHandle }
	corsFHRP  struct{ corsHandle }
)

// like returns h as the type that can do what inner can.
func (h *corsPlain) like(inner http.ResponseWriter) http.ResponseWriter {
	_, flusher := inner.(http.Flusher)
	_, hijacker := inner.(http.Hijacker)
	_, reader := inner.(io.ReaderFrom)
	_, pusher := inner.(http.Pusher)
	switch [4]bool{flusher, hijacker, reader, pusher} {
	case [4]bool{true, false, false, false}:
		return (*corsF)(h)
	case [4]bool{false, true, false, false}:
		return (*corsH)(h)
	case [4]bool{true, true, false, false}:
		return (*corsFH)(h)
	case [4]bool{false, false, true, false}:
		return (*corsR)(h)
	case [4]bool{true, false, true, false}:
		return (*corsFR)(h)
	case [4]bool{false, true, true, false}:
		return (*corsHR)(h)
	case [4]bool{true, true, true, false}:
		return (*corsFHR)(h)
	case [4]bool{false, false, false, true}:
		return (*corsP)(h)
	case [4]bool{true, false, false, true}:
		return (*corsFP)(h)
	case [4]bool{false, true, false, true}:
		return (*corsHP)(h)
	case [4]bool{true, true, false, true}:
		return (*corsFHP)(h)
	case [4]bool{false, false, true, true}:
		return (*corsRP)(h)
	case [4]bool{true, false, true, true}:
		return (*corsFRP)(h)
	case [4]bool{false, true, true, true}:
		return (*corsHRP)(h)
	case [4]bool{true, true, true, true}:
		return (*corsFHRP)(h)
	default:
		return h
	}
}

func (h *corsF) Flush()    { h.flush() }
func (h *corsFH) Flush()   { h.flush() }
func (h *corsFR) Flush()   { h.flush() }
func (h *corsFHR) Flush()  { h.flush() }
func (h *corsFP) Flush()   { h.flush() }
func (h *corsFHP) Flush()  { h.flush() }
func (h *corsFRP) Flush()  { h.flush() }
func (h *corsFHRP) Flush() { h.flush() }

func (h *corsH) Hijack() (net.Conn, *bufio.ReadWriter, error)    { return h.hijack() }
func (h *corsFH) Hijack() (net.Conn, *bufio.ReadWriter, error)   { return h.hijack() }
func (h *corsHR) Hijack() (net.Conn, *bufio.ReadWriter, error)   { return h.hijack() }
func (h *corsFHR) Hijack() (net.Conn, *bufio.ReadWriter, error)  { return h.hijack() }
func (h *corsHP) Hijack() (net.Conn, *bufio.ReadWriter, error)   { return h.hijack() }
func (h *corsFHP) Hijack() (net.Conn, *bufio.ReadWriter, error)  { return h.hijack() }
func (h *corsHRP) Hijack() (net.Conn, *bufio.ReadWriter, error)  { return h.hijack() }
func (h *corsFHRP) Hijack() (net.Conn, *bufio.ReadWriter, error) { return h.hijack() }

func (h *corsR) ReadFrom(src io.Reader) (int64, error)    { return h.readFrom(src) }
func (h *corsFR) ReadFrom(src io.Reader) (int64, error)   { return h.readFrom(src) }
func (h *corsHR) ReadFrom(src io.Reader) (int64, error)   { return h.readFrom(src) }
func (h *corsFHR) ReadFrom(src io.Reader) (int64, error)  { return h.readFrom(src) }
func (h *corsRP) ReadFrom(src io.Reader) (int64, error)   { return h.readFrom(src) }
func (h *corsFRP) ReadFrom(src io.Reader) (int64, error)  { return h.readFrom(src) }
func (h *corsHRP) ReadFrom(src io.Reader) (int64, error)  { return h.readFrom(src) }
func (h *corsFHRP) ReadFrom(src io.Reader) (int64, error) { return h.readFrom(src) }

func (h *corsP) Push(target string, o *http.PushOptions) error    { return h.push(target, o) }
func (h *corsFP) Push(target string, o *http.PushOptions) error   { return h.push(target, o) }
func (h *corsHP) Push(target string, o *http.PushOptions) error   { return h.push(target, o) }
func (h *corsFHP) Push(target string, o *http.PushOptions) error  { return h.push(target, o) }
func (h *corsRP) Push(target string, o *http.PushOptions) error   { return h.push(target, o) }
func (h *corsFRP) Push(target string, o *http.PushOptions) error  { return h.push(target, o) }
func (h *corsHRP) Push(target string, o *http.PushOptions) error  { return h.push(target, o) }
func (h *corsFHRP) Push(target string, o *http.PushOptions) error { return h.push(target, o) }
