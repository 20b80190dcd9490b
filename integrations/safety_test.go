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

	"github.com/corsgen/corsgen/integrations/allecho"
	"github.com/corsgen/corsgen/integrations/allgin"
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
	for name, handler := range map[string]http.Handler{
		"gin": ginVandals(gincors.AppGin()), "gin, all options": ginVandals(allgin.AppGin()),
		"echo": echoVandals(echocors.AppEcho), "echo, all options": echoVandals(allecho.AppEcho),
	} {
		for _, http2 := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, HTTP/2: %v", name, http2), func(t *testing.T) {
				server := httptest.NewUnstartedServer(handler)
				server.EnableHTTP2 = http2
				server.StartTLS()
				defer server.Close()
				var clients sync.WaitGroup
				for i := range 8 {
					clients.Go(func() {
						for n := range 100 {
							client(t, server, fmt.Sprint(i), []string{app, "", "https://evil.example"}[n%3], []string{"/", "/empty"}[n/3%2])
						}
					})
				}
				clients.Wait()
			})
		}
	}
}

func ginVandals(policy gin.HandlerFunc) http.Handler {
	spoil := func(c *gin.Context) { vandal(c.Writer.Header(), c.Next) }
	r := newGin(spoil, policy, spoil)
	r.GET("/", func(c *gin.Context) {
		vandal(c.Writer.Header(), func() { c.String(http.StatusOK, c.GetHeader("X-Client")) })
	})
	r.GET("/empty", func(c *gin.Context) { c.AbortWithStatus(http.StatusAccepted) })
	return r
}

func echoVandals(policy echo.MiddlewareFunc) http.Handler {
	spoil := func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) (err error) {
			vandal(c.Response().Header(), func() { err = next(c) })
			return err
		}
	}
	e := newEcho(spoil, policy, spoil)
	e.GET("/", func(c *echo.Context) (err error) {
		vandal(c.Response().Header(), func() { err = c.String(http.StatusOK, c.Request().Header.Get("X-Client")) })
		return err
	})
	e.GET("/empty", func(*echo.Context) error { return echo.NewHTTPError(http.StatusTeapot, "teapot") })
	return e
}

// client demands the policy's answer, and that of nobody else.
func client(t *testing.T, server *httptest.Server, name, origin, path string) {
	r, err := http.NewRequest(http.MethodGet, server.URL+path, nil)
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
	response, err := server.Client().Do(r)
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

// TestObserve is told of what the policies decide.
func TestObserve(t *testing.T) {
	counts := map[string]int{}
	allgin.Observe = func(e allgin.Event) { counts[fmt.Sprint("gin ", e.Class, " ", e.Reason)]++ }
	allecho.Observe = func(e allecho.Event) { counts[fmt.Sprint("echo ", e.Class, " ", e.Reason)]++ }
	defer func() { allgin.Observe, allecho.Observe = nil, nil }()
	answers(ginVandals(allgin.AppGin()), "GET /", "preflight GET /")
	answers(echoVandals(allecho.AppEcho), "GET /", "preflight GET /")
	want := map[string]int{
		"gin actual origin-allowed": 1, "gin preflight origin-allowed": 1,
		"echo actual origin-allowed": 1, "echo preflight origin-allowed": 1,
	}
	if d := cmp.Diff(want, counts); d != "" {
		t.Error(d)
	}
}

// TestKeptWriter keeps the writers of gin's handlers, and the one beneath Echo's,
// and writes to them after the handlers have returned.
func TestKeptWriter(t *testing.T) {
	var kept http.ResponseWriter
	g := newGin(gincors.AppGin())
	g.GET("/", func(c *gin.Context) {
		kept = c.Writer
		c.String(http.StatusOK, "text")
	})
	e := newEcho(echocors.AppEcho)
	e.GET("/", func(c *echo.Context) error {
		own, err := echo.UnwrapResponse(c.Response())
		if err != nil {
			return err
		}
		kept = own.ResponseWriter
		return c.String(http.StatusOK, "text")
	})
	for name, handler := range map[string]http.Handler{"gin": g, "echo": e} {
		for range 2 { // the second request has a writer of its own
			answers(handler, "GET /")
			kept.WriteHeader(http.StatusTeapot)
			kept.Header().Set("X", "late")
			if n, err := kept.Write([]byte("late")); n != 0 || err == nil {
				t.Errorf("%s: wrote %d bytes, %v", name, n, err)
			}
			if w, ok := kept.(gin.ResponseWriter); ok {
				w.WriteHeaderNow()
				w.Flush()
				if _, _, err := w.Hijack(); err == nil || w.Status() != 0 || w.Size() != 0 || w.Written() || w.Pusher() != nil {
					t.Error("a stale writer answers")
				}
			}
		}
	}
}
