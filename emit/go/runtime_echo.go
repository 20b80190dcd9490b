//go:build ignore

package golang

import (
	"net/http"

	"github.com/labstack/echo/v5"
)

// corsEchoChain is a handler of Echo with what its requests share.
type corsEchoChain struct {
	chain corsChain
	next  echo.HandlerFunc
}

// corsEchoMiddleware applies the policy that a function chooses, if any.
func corsEchoMiddleware(choose func(*http.Request) *corsPolicy) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		c := &corsEchoChain{next: next}
		return func(e *echo.Context) error {
			if p := choose(e.Request()); p != nil {
				return c.serve(p, e)
			}
			return next(e)
		}
	}
}

// serve applies a policy to a request.
func (c *corsEchoChain) serve(p *corsPolicy, e *echo.Context) error {
	own, err := echo.UnwrapResponse(e.Response())
	if err != nil {
		return err
	}
	request, response := p.respond(e.Request())
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

func (c *corsEchoChain) serveReused(response *corsResponse, e *echo.Context, own *echo.Response, origin []string) error {
	reused := c.chain.reused()
	outer := own.ResponseWriter
	handle := reused.handle()
	ours := handle.as(handle.start(response, outer, origin))
	own.ResponseWriter = ours
	defer func() {
		if own.ResponseWriter != ours { // somebody has put a writer around ours
			reused.writer.stay()
			return
		}
		own.ResponseWriter = outer
		if !reused.writer.committed {
			c.putFresh(response, own, origin)
		}
		c.chain.finish(reused)
	}()
	err := c.next(e)
	reused.returned = true
	return err
}

func (c *corsEchoChain) serveFresh(response *corsResponse, e *echo.Context, own *echo.Response, origin []string) error {
	outer := own.ResponseWriter
	fresh := c.putFresh(response, own, origin)
	ours := own.ResponseWriter
	defer func() {
		if own.ResponseWriter != ours || !fresh.writer.committed {
			fresh.writer.stay()
			return
		}
		own.ResponseWriter = outer
		fresh.writer.finish()
	}()
	return c.next(e)
}

// putFresh puts a writer for one request beneath that of Echo, where the header
// goes out last: after the functions that were registered with Before.
func (c *corsEchoChain) putFresh(response *corsResponse, own *echo.Response, origin []string) *corsFresh {
	fresh := c.chain.fresh()
	own.ResponseWriter = fresh.handle.as(fresh.handle.start(response, own.ResponseWriter, origin))
	return fresh
}
