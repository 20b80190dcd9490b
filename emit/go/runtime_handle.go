package golang

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
)

// corsHandle is the access of one request to a writer.
type corsHandle struct {
	writer *corsWriter
	header http.Header // what Header returns, if that is always the same
	number uint16      // of the request, modulo corsHandles
	taken  bool        // a handler has it that has not returned
}

// start makes h the handle of a request. It returns what inner can do.
func (h *corsHandle) start(response *corsResponse, inner http.ResponseWriter, origin []string) corsAbilities {
	w := h.writer
	can, copies := w.chain.copying.look(inner)
	w.inner, w.response, w.copies = inner, response, copies
	if origin != nil {
		w.origin[0] = origin[0]
	}
	if copies {
		h.header = inner.Header()
	}
	h.taken = true
	return can
}

// giveUp makes h nobody's.
func (h *corsHandle) giveUp() {
	h.header = nil
	h.taken = false
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
		if header := h.header; header != nil {
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
