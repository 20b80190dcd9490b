package integrations

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"github.com/corsgen/corsgen/integrations/allecho"
	"github.com/corsgen/corsgen/integrations/echocors"
)

// Use on the Echo itself runs before authentication and for 404 and 405 too. What
// HTTPErrorHandler answers after all middleware has returned is within the policy.
func Example_echo() {
	e := newEcho(echocors.AppEcho, echoAuth)
	e.GET("/things", echo.WrapHandler(http.HandlerFunc(things)))
	show(e, "preflight PUT /things", "GET /things", "GET /things with credentials",
		"DELETE /things with credentials", "GET /nowhere with credentials")
	// Output:
	// preflight PUT /things: 204, for https://app.example.com
	// GET /things: 401, for https://app.example.com
	// GET /things with credentials: 200, for https://app.example.com
	// DELETE /things with credentials: 405, for https://app.example.com
	// GET /nowhere with credentials: 404, for https://app.example.com
}

// Middleware of a route runs for that route's method alone. A group with middleware
// takes every request for a path below it.
func Example_echoGroup() {
	e := newEcho()
	e.GET("/route", echo.WrapHandler(http.HandlerFunc(things)), echocors.AppEcho)
	e.Group("/group", echocors.AppEcho).GET("/things", echo.WrapHandler(http.HandlerFunc(things)))
	show(e, "preflight GET /route", "preflight GET /group/things", "GET /group/things", "GET /group/nowhere")
	// Output:
	// preflight GET /route: 204, no CORS headers
	// preflight GET /group/things: 204, for https://app.example.com
	// GET /group/things: 200, for https://app.example.com
	// GET /group/nowhere: 404, for https://app.example.com
}

func echoAuth(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c *echo.Context) error {
		if c.Request().Header.Get("Authorization") != token {
			return echo.ErrUnauthorized
		}
		return next(c)
	}
}

// newEcho returns an Echo with middleware after Recover.
func newEcho(all ...echo.MiddlewareFunc) *echo.Echo {
	e := echo.NewWithConfig(echo.Config{Router: echo.NewRouter(echo.RouterConfig{AutoHandleHEAD: true})})
	e.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	e.Use(middleware.RecoverWithConfig(middleware.RecoverConfig{DisablePrintStack: true}))
	e.Use(all...)
	return e
}

var echoHandlers = map[string]echo.HandlerFunc{
	"/nothing":    func(*echo.Context) error { return nil },
	"/no-content": func(c *echo.Context) error { return c.NoContent(http.StatusTeapot) },
	"/json":       func(c *echo.Context) error { return c.JSON(http.StatusCreated, map[string]int{"a": 1}) },
	"/bad-json":   func(c *echo.Context) error { return c.JSON(http.StatusCreated, func() {}) },
	"/string":     func(c *echo.Context) error { return c.String(http.StatusOK, "text") },
	"/error":      func(*echo.Context) error { return echo.NewHTTPError(http.StatusBadGateway, "down") },
	"/bug":        func(*echo.Context) error { return errors.New("a bug") },
	"/redirect":   func(c *echo.Context) error { return c.Redirect(http.StatusFound, "/json") },
	"/file":       func(c *echo.Context) error { return c.File("cors.hcl") },
	"/panic":      func(*echo.Context) error { panic("a bug") },
	"/late-error": func(c *echo.Context) error {
		_ = c.String(http.StatusOK, "text")
		return errors.New("a bug")
	},
	"/late-panic": func(c *echo.Context) error {
		_ = c.String(http.StatusOK, "text")
		panic("a bug")
	},
	"/own": func(c *echo.Context) error {
		c.Response().Header().Set("Access-Control-Allow-Origin", "*")
		c.Response().Header()["access-control-allow-methods"] = []string{"X"}
		c.Response().Header().Set("Vary", "Accept-Encoding")
		return c.String(http.StatusOK, "text")
	},
	"/own-error": func(c *echo.Context) error {
		c.Response().Header().Set("Access-Control-Allow-Origin", "*")
		c.Response().Header().Set("Vary", "Accept-Encoding")
		return errors.New("a bug")
	},
	"/before": func(c *echo.Context) error {
		r, err := echo.UnwrapResponse(c.Response())
		if err != nil {
			return err
		}
		r.Before(func() {
			r.Header().Set("Access-Control-Allow-Origin", "*")
			r.Header().Set("Vary", "Accept-Encoding")
		})
		return c.String(http.StatusOK, "text")
	},
	"/flush": func(c *echo.Context) error {
		if err := http.NewResponseController(c.Response()).Flush(); err != nil {
			return err
		}
		c.Response().Header().Set("Vary", "too late")
		return c.String(http.StatusOK, "text")
	},
	"/stream": func(c *echo.Context) error {
		for i := range 3 {
			fmt.Fprintf(c.Response(), "data: %d\n\n", i)
			c.Response().(http.Flusher).Flush()
		}
		return nil
	},
	"/early-hints": func(c *echo.Context) error {
		r, err := echo.UnwrapResponse(c.Response())
		if err != nil {
			return err
		}
		r.Header().Set("Link", "</style.css>; rel=preload")
		r.Header().Set("Access-Control-Allow-Origin", "*")
		r.ResponseWriter.WriteHeader(http.StatusEarlyHints)
		return c.String(http.StatusOK, "text")
	},
	"/facts": func(c *echo.Context) error {
		r, ok := c.Response().(*echo.Response)
		if !ok {
			return errors.New("not the response of echo")
		}
		_, readerFrom := r.ResponseWriter.(io.ReaderFrom)
		_ = c.String(http.StatusAccepted, "text")
		_, err := fmt.Fprint(r, readerFrom, r.Committed, r.Status, r.Size)
		return err
	},
}

// TestEcho compares the middleware with the plain form around the Echo, on which
// echo has no influence.
func TestEcho(t *testing.T) {
	routes := func(e *echo.Echo) *echo.Echo {
		e.HTTPErrorHandler = func(c *echo.Context, err error) {
			if r, _ := echo.UnwrapResponse(c.Response()); r != nil && r.Committed {
				return
			}
			c.Response().Header().Set("Vary", "Accept")
			c.Response().Header().Set("Access-Control-Allow-Origin", "*")
			echo.DefaultHTTPErrorHandler(true)(c, err)
		}
		for path, handler := range echoHandlers {
			e.GET(path, handler)
		}
		return e
	}
	paths := []string{"/nowhere"}
	for path := range echoHandlers {
		paths = append(paths, path)
	}
	for name, outer := range map[string]echo.MiddlewareFunc{
		"alone": func(next echo.HandlerFunc) echo.HandlerFunc { return next },
		"gzip":  middleware.Gzip(),
		"after an error": func(next echo.HandlerFunc) echo.HandlerFunc {
			return func(c *echo.Context) error {
				if err := next(c); err != nil {
					return fmt.Errorf("wrapped: %w", err)
				}
				return nil
			}
		},
		"twice": echocors.AppEcho,
	} {
		for _, policy := range []echo.MiddlewareFunc{echocors.AppEcho, allecho.AppEcho} {
			t.Run(name, func(t *testing.T) {
				same(t, echocors.App(routes(newEcho(outer))), routes(newEcho(outer, policy)), paths...)
			})
			t.Run(name+" within", func(t *testing.T) {
				same(t, echocors.App(routes(newEcho(outer))), routes(newEcho(policy, outer)), paths...)
			})
		}
	}
	t.Run("origin gate", func(t *testing.T) {
		same(t, echocors.Socket(routes(newEcho())), routes(newEcho(echocors.SocketEcho)), paths...)
		same(t, echocors.Socket(routes(newEcho())), routes(newEcho(allecho.SocketEcho)), paths...)
	})
}

// TestEchoUpgrade opens WebSockets through echo.
func TestEchoUpgrade(t *testing.T) {
	for name, handler := range upgraders {
		t.Run(name, func(t *testing.T) {
			e := newEcho(echocors.SocketEcho)
			e.GET("/", echo.WrapHandler(handler))
			server := httptest.NewServer(e)
			defer server.Close()
			echoes(t, server.URL, app)
			if status := refused(t, server.URL, "https://evil.example"); status != http.StatusForbidden {
				t.Error(status)
			}
		})
	}
}
