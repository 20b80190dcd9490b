//go:build ignore

package golang

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v5"
)

// corsEchoChain is a handler of Echo with what its requests share.
type corsEchoChain struct {
	chain corsChain
	next  echo.HandlerFunc
}

// corsEchoMiddleware applies the policy that a function chooses, if any.
func corsEchoMiddleware(choose func(*url.URL) *corsPolicy) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		c := &corsEchoChain{next: next}
		return func(e *echo.Context) error {
			if p := choose(e.Request().URL); p != nil {
				return c.serve(p, e)
			}
			return next(e)
		}
	}
}

// choose returns p for every request.
func (p *corsPolicy) choose(*url.URL) *corsPolicy { return p }

// serve applies a policy to a request.
func (c *corsEchoChain) serve(p *corsPolicy, e *echo.Context) error {
	own, err := echo.UnwrapResponse(e.Response())
	if err != nil {
		return err
	}
	r := e.Request()
	request := corsRequest{header: r.Header, origin: corsLine(r.Header, "Origin")}
	response := p.decide(r.Method, &request)
	if p.observe != nil {
		p.observe(p, r, request.origin, response)
	}
	switch {
	case response.status != 0:
		response.apply(e.Response().Header(), &request, &c.chain.vary)
		return e.NoContent(response.status)
	case p.fresh || c.chain.writers.kept.Load():
		return c.serveFresh(response, e, own, request.origin)
	default:
		return c.serveReused(response, e, own, request.origin)
	}
}

// The policy's writer stands beneath that of echo, where the header goes out last:
// after the functions that were registered with Before.

func (c *corsEchoChain) serveReused(response *corsResponse, e *echo.Context, own *echo.Response, origin []string) error {
	reused := c.chain.reused()
	outer := own.ResponseWriter
	reused.writer.start(response, outer, origin)
	ours := reused.handle().like(outer)
	own.ResponseWriter = ours
	defer func() {
		if reused.writer.release(own, ours, outer) {
			c.chain.finish(reused)
		}
	}()
	err := c.next(e)
	reused.returned = true
	return err
}

func (c *corsEchoChain) serveFresh(response *corsResponse, e *echo.Context, own *echo.Response, origin []string) error {
	fresh := c.chain.fresh()
	outer := own.ResponseWriter
	fresh.writer.start(response, outer, origin)
	ours := fresh.handle.like(outer)
	own.ResponseWriter = ours
	defer func() {
		if fresh.writer.release(own, ours, outer) {
			fresh.writer.finish()
		}
	}()
	return c.next(e)
}

// release takes w out of the response. It reports whether nobody needs w any more:
// what is still to be answered, be it by the HTTPErrorHandler, goes through w.
func (w *corsWriter) release(own *echo.Response, ours, outer http.ResponseWriter) bool {
	if w.committed && own.ResponseWriter == ours {
		own.ResponseWriter = outer
		return true
	}
	if !w.committed {
		w.commit(0) // if nobody writes
		w.committed = false
	}
	return false
}
