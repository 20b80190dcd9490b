//go:build ignore

package golang

import (
	"bufio"
	"net"
	"net/http"
	"reflect"

	"github.com/gin-gonic/gin"
)

// corsGin is what the requests of a handler of gin share.
type corsGin struct {
	chain corsChain
	own   reflect.Type // of the writer that gin makes
}

// corsGinHandler applies the policy that a function chooses, if any, to the
// handlers that follow.
func corsGinHandler(choose func(*http.Request) *corsPolicy) gin.HandlerFunc {
	c := &corsGin{own: reflect.TypeOf(new(gin.Context).Copy().Writer)}
	return func(g *gin.Context) {
		if p := choose(g.Request); p != nil {
			c.serve(p, g)
		}
	}
}

// serve applies a policy to a request.
func (c *corsGin) serve(p *corsPolicy, g *gin.Context) {
	request, response := p.respond(g.Request)
	switch {
	case response.status != 0:
		c.answer(response, g, &request)
	case p.fresh || c.chain.writers.kept.Load():
		c.serveFresh(response, g, request.origin)
	default:
		c.serveReused(response, g, request.origin)
	}
}

// answer sends a ready-made response.
func (c *corsGin) answer(response *corsResponse, g *gin.Context, request *corsRequest) {
	h := g.Writer.Header()
	if !c.copies(g.Writer) {
		response.apply(h, request, &c.chain.vary)
		g.AbortWithStatus(response.status)
		return
	}
	loan := response.lend(h, request, &c.chain.vary)
	g.AbortWithStatus(response.status)
	loan.takeBack(h)
}

// copies reports whether w copies its header in WriteHeaderNow: it is gin's own,
// on that of a server of net/http, and has sent nothing.
func (c *corsGin) copies(w gin.ResponseWriter) bool {
	if reflect.TypeOf(w) != c.own || w.Written() {
		return false
	}
	inner, ok := w.(interface{ Unwrap() http.ResponseWriter })
	if !ok {
		return false
	}
	_, copies := c.chain.copying.look(inner.Unwrap())
	return copies
}

func (c *corsGin) serveReused(response *corsResponse, g *gin.Context, origin []string) {
	reused := c.chain.reused()
	outer, ours := g.Writer, (*corsGinWriter)(reused.handle())
	c.start(&ours.corsHandle, response, outer, origin)
	g.Writer = ours
	defer func() {
		if g.Writer != ours { // somebody has put a writer around ours
			reused.writer.stay()
			return
		}
		g.Writer = outer
		if !reused.writer.committed {
			c.putFresh(response, g, origin)
		}
		c.chain.finish(reused)
	}()
	g.Next()
	reused.returned = true
}

func (c *corsGin) serveFresh(response *corsResponse, g *gin.Context, origin []string) {
	outer := g.Writer
	fresh := c.putFresh(response, g, origin)
	ours := g.Writer
	defer func() {
		if g.Writer != ours || !fresh.writer.committed {
			fresh.writer.stay()
			return
		}
		g.Writer = outer
		fresh.writer.finish()
	}()
	g.Next()
}

// putFresh gives the context a writer for one request.
func (c *corsGin) putFresh(response *corsResponse, g *gin.Context, origin []string) *corsFresh {
	fresh := c.chain.fresh()
	c.start(&fresh.handle.corsHandle, response, g.Writer, origin)
	g.Writer = (*corsGinWriter)(&fresh.handle)
	return fresh
}

func (c *corsGin) start(h *corsHandle, response *corsResponse, outer gin.ResponseWriter, origin []string) {
	h.start(response, outer, origin)
	if c.copies(outer) {
		h.header, h.writer.copies = outer.Header(), true
	}
}

// corsGinWriter is a handle with what gin asks of a writer. Its WriteHeader only
// notes a status, as that of gin does; WriteHeaderNow sends it.
type corsGinWriter struct{ corsHandle }

// send sends the header with the status that was noted, if none was sent, and
// returns the writer beneath.
func (w *corsWriter) send() gin.ResponseWriter {
	inner := w.inner.(gin.ResponseWriter)
	switch status := inner.Status(); {
	case inner.Written():
	case status < http.StatusOK && status != http.StatusSwitchingProtocols: // not the answer yet
		corsRemoveOwned(inner.Header())
		inner.WriteHeaderNow()
	case !w.copies || w.committed:
		w.commit(0)
		inner.WriteHeaderNow()
	default:
		w.committed = true
		header := inner.Header()
		loan := w.response.lend(header, &corsRequest{origin: w.origin[:]}, &w.chain.vary)
		inner.WriteHeaderNow()
		loan.takeBack(header)
	}
	return inner
}

// body is send before a body, with which net/http sends a header if the last one
// was not the answer.
func (w *corsWriter) body() gin.ResponseWriter {
	inner := w.send()
	w.commit(0)
	return inner
}

// WriteHeader notes the status of the response.
func (h *corsGinWriter) WriteHeader(status int) {
	if w := h.enter(); w != nil {
		w.inner.WriteHeader(status)
		w.leave()
	}
}

// WriteHeaderNow applies the policy and sends the header.
func (h *corsGinWriter) WriteHeaderNow() {
	if w := h.enter(); w != nil {
		w.send()
		w.leave()
	}
}

// Write applies the policy and writes.
func (h *corsGinWriter) Write(p []byte) (int, error) {
	w := h.enter()
	if w == nil {
		return 0, corsStale{}
	}
	n, err := w.body().Write(p)
	w.leave()
	return n, err
}

// WriteString applies the policy and writes.
func (h *corsGinWriter) WriteString(s string) (int, error) {
	w := h.enter()
	if w == nil {
		return 0, corsStale{}
	}
	n, err := w.body().WriteString(s)
	w.leave()
	return n, err
}

// Flush applies the policy and sends what was written.
func (h *corsGinWriter) Flush() { _ = h.FlushError() }

// FlushError is what http.ResponseController calls.
func (h *corsGinWriter) FlushError() error {
	w := h.enter()
	if w == nil {
		return corsStale{}
	}
	err := http.NewResponseController(w.body()).Flush()
	w.leave()
	return err
}

// Hijack takes the connection over.
func (h *corsGinWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) { return h.hijack() }

// Status returns the status that was noted or sent.
func (h *corsGinWriter) Status() int { return corsGinAsk(h, gin.ResponseWriter.Status) }

// Size returns the number of bytes that were written.
func (h *corsGinWriter) Size() int { return corsGinAsk(h, gin.ResponseWriter.Size) }

// Written reports whether the header was sent.
func (h *corsGinWriter) Written() bool { return corsGinAsk(h, gin.ResponseWriter.Written) }

// Pusher returns what pushes, or nil.
func (h *corsGinWriter) Pusher() http.Pusher { return corsGinAsk(h, gin.ResponseWriter.Pusher) }

// corsGinAsk returns what the writer beneath h says, or nothing if h is stale.
func corsGinAsk[T any](h *corsGinWriter, ask func(gin.ResponseWriter) T) (answer T) {
	if w := h.enter(); w != nil {
		answer = ask(w.inner.(gin.ResponseWriter))
		w.leave()
	}
	return answer
}
