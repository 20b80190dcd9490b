package integrations

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v5"

	"github.com/corsgen/corsgen/integrations/cors"
	"github.com/corsgen/corsgen/integrations/echocors"
	"github.com/corsgen/corsgen/integrations/gincors"
)

// vandal overwrites every header value in place, before and after they go out. It
// spares Content-Type, whose values gin shares between responses.
func vandal(h http.Header, write func()) {
	spoil := func() {
		for name, lines := range h {
			if name == "Content-Type" {
				continue
			}
			for i := range lines {
				lines[i] = "spoiled"
			}
			_ = append(lines, "spoiled")
		}
	}
	h["Vary"] = []string{"Accept"}
	spoil()
	write()
	spoil()
}

// TestSafety serves handlers, and middleware outside and inside of the policy,
// that spoil all headers, many at a time: nobody else's answer may change.
func TestSafety(t *testing.T) {
	ginVandal := func(c *gin.Context) { vandal(c.Writer.Header(), c.Next) }
	g := newGin(ginVandal, gincors.AppGin(), ginVandal)
	g.GET("/", func(c *gin.Context) {
		vandal(c.Writer.Header(), func() { c.String(http.StatusOK, c.GetHeader("X-Client")) })
	})
	g.GET("/empty", func(c *gin.Context) { c.AbortWithStatus(http.StatusAccepted) })

	echoVandal := func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) (err error) {
			vandal(c.Response().Header(), func() { err = next(c) })
			return err
		}
	}
	e := newEcho(echoVandal, echocors.AppEcho, echoVandal)
	e.GET("/", func(c *echo.Context) (err error) {
		vandal(c.Response().Header(), func() { err = c.String(http.StatusOK, c.Request().Header.Get("X-Client")) })
		return err
	})
	e.GET("/empty", func(c *echo.Context) error { return echo.NewHTTPError(http.StatusTeapot, "teapot") })

	for name, handler := range map[string]http.Handler{"gin": g, "echo": e} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(handler)
			defer server.Close()
			var clients sync.WaitGroup
			for i := range 8 {
				clients.Go(func() {
					for n := range 100 {
						client(t, server.URL, fmt.Sprint(i), []string{app, "", "https://evil.example"}[n%3], []string{"/", "/empty"}[n/3%2])
					}
				})
			}
			clients.Wait()
		})
	}
}

// client demands the policy's answer, and that of nobody else.
func client(t *testing.T, url, name, origin, path string) {
	r, err := http.NewRequest(http.MethodGet, url+path, nil)
	if err != nil {
		t.Error(err)
		return
	}
	r.Header = http.Header{"X-Client": {name}}
	want := http.Header{"Vary": {"spoiled, Origin"}}
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	if origin == app {
		want["Access-Control-Allow-Origin"] = []string{app}
		want["Access-Control-Allow-Credentials"] = []string{"true"}
		want["Access-Control-Expose-Headers"] = []string{"X-Request-Id"}
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return
	}
	body := make([]byte, 10)
	n, _ := response.Body.Read(body)
	_ = response.Body.Close()
	if path == "/" && string(body[:n]) != name {
		t.Errorf("%s got the answer of %q", name, body[:n])
	}
	for _, field := range []string{"Date", "Content-Length", "Content-Type"} {
		response.Header.Del(field)
	}
	if d := cmp.Diff(want, response.Header); d != "" {
		t.Errorf("%s, %s: (-want +got)\n%s", path, origin, d)
	}
}

// Echo's WrapMiddleware gives the handler a response that outlives the policy's
// writer, and what HTTPErrorHandler writes to it reaches nobody.
func Example_echoWrapMiddleware() {
	for _, m := range []echo.MiddlewareFunc{echo.WrapMiddleware(cors.App), echocors.AppEcho} {
		e := newEcho(m)
		e.GET("/error", func(*echo.Context) error { return echo.NewHTTPError(http.StatusTeapot, "teapot") })
		show(e, "GET /error")
	}
	// Output:
	// GET /error: 200, for https://app.example.com
	// GET /error: 418, for https://app.example.com
}
