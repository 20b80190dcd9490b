package integrations

import (
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	gincontrib "github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"
	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"github.com/corsgen/corsgen/integrations/echocors"
	"github.com/corsgen/corsgen/integrations/gincors"
)

const (
	actualRequest    = "GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: " + app + "\r\n\r\n"
	nonCORSRequest   = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
	preflightRequest = "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: " + app +
		"\r\nAccess-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: content-type\r\n\r\n"
)

var costRequests = map[string]string{"actual": actualRequest, "non-CORS": nonCORSRequest, "preflight": preflightRequest}

// What the policy answers, set by hand from slices that are made once: no
// middleware can cost less.
var (
	handActual = map[string][]string{
		"Access-Control-Allow-Origin": {app}, "Access-Control-Allow-Credentials": {"true"},
		"Access-Control-Expose-Headers": {"X-Request-Id"}, "Vary": {"Origin"},
	}
	handPreflight = map[string][]string{
		"Access-Control-Allow-Origin": {app}, "Access-Control-Allow-Credentials": {"true"},
		"Access-Control-Allow-Methods": {"GET, PUT, DELETE"}, "Access-Control-Allow-Headers": {"Authorization, Content-Type"},
		"Access-Control-Max-Age": {"600"}, "Vary": {"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"},
	}
	handNonCORS = map[string][]string{"Vary": {"Origin"}}
)

// byHand sets the headers for a request, and reports whether it is a preflight.
func byHand(h http.Header, r *http.Request) bool {
	set := handActual
	switch {
	case r.Method == http.MethodOptions:
		set = handPreflight
	case r.Header["Origin"] == nil:
		set = handNonCORS
	}
	for name, lines := range set {
		h[name] = lines
	}
	return r.Method == http.MethodOptions
}

func ginCost(m gin.HandlerFunc) http.Handler {
	r := gin.New()
	r.Use(m)
	r.GET("/", func(c *gin.Context) { _, _ = c.Writer.WriteString("text") })
	return r
}

func echoCost(m echo.MiddlewareFunc) http.Handler {
	e := echo.New()
	e.Use(m)
	e.GET("/", func(c *echo.Context) error {
		_, err := io.WriteString(c.Response(), "text")
		return err
	})
	return e
}

// costs returns handlers with the same policy, by framework and implementation.
func costs() map[string]map[string]http.Handler {
	return map[string]map[string]http.Handler{
		"gin": {
			"by hand": ginCost(func(c *gin.Context) {
				if byHand(c.Writer.Header(), c.Request) {
					c.AbortWithStatus(http.StatusNoContent)
				}
			}),
			"corsgen": ginCost(gincors.AppGin()),
			"gin-contrib": ginCost(gincontrib.New(gincontrib.Config{
				AllowOrigins: []string{app}, AllowMethods: []string{"GET", "PUT", "DELETE"}, AllowHeaders: []string{"Authorization", "Content-Type"},
				ExposeHeaders: []string{"X-Request-Id"}, AllowCredentials: true, MaxAge: 10 * time.Minute,
			})),
		},
		"echo": {
			"by hand": echoCost(func(next echo.HandlerFunc) echo.HandlerFunc {
				return func(c *echo.Context) error {
					if byHand(c.Response().Header(), c.Request()) {
						return c.NoContent(http.StatusNoContent)
					}
					return next(c)
				}
			}),
			"corsgen": echoCost(echocors.AppEcho),
			"echo's own": echoCost(middleware.CORSWithConfig(middleware.CORSConfig{
				AllowOrigins: []string{app}, AllowMethods: []string{"GET", "PUT", "DELETE"}, AllowHeaders: []string{"Authorization", "Content-Type"},
				ExposeHeaders: []string{"X-Request-Id"}, AllowCredentials: true, MaxAge: 600,
			})),
		},
	}
}

// BenchmarkCORS measures requests to a server of net/http without a network.
func BenchmarkCORS(b *testing.B) {
	for framework, handlers := range costs() {
		for name, handler := range handlers {
			for kind, request := range costRequests {
				b.Run("framework="+framework+"/request="+kind+"/impl="+strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
					b.ReportAllocs()
					send(handler, request, b.N, b.ResetTimer)
				})
			}
		}
	}
}

// TestAllocations demands no more allocations than the same headers set by hand
// take, but for a part of one: with -race a pool forgets some of what it holds. A preflight of Echo may take one more: its writer calls functions of
// others while the header is in their reach.
func TestAllocations(t *testing.T) {
	for framework, handlers := range costs() {
		for kind, request := range costRequests {
			want, got := allocations(handlers["by hand"], request), allocations(handlers["corsgen"], request)
			if framework == "echo" && kind == "preflight" {
				want++
			}
			if got > want+0.7 {
				t.Errorf("%s, %s: %.2f allocations a request, and %.2f by hand", framework, kind, got, want)
			}
		}
	}
}

// allocations returns how many allocations a request takes.
func allocations(handler http.Handler, request string) float64 {
	const n = 2000
	var before, after runtime.MemStats
	send(handler, request, n, func() { runtime.ReadMemStats(&before) })
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / n
}

// send serves n requests over one connection, after some to warm up.
func send(handler http.Handler, request string, n int, warm func()) {
	const first = 100
	conn := &conn{text: request, left: first + n, at: n, warm: warm, abort: make(chan struct{}, 1), done: make(chan struct{})}
	server := &http.Server{Handler: handler}
	listener := &listener{conns: make(chan net.Conn, 1)}
	listener.conns <- conn
	go func() { _ = server.Serve(listener) }()
	<-conn.done
	_ = server.Close()
}

// listener gives one connection.
type listener struct{ conns chan net.Conn }

func (l *listener) Accept() (net.Conn, error) {
	if c, ok := <-l.conns; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (l *listener) Close() error {
	close(l.conns)
	return nil
}

func (l *listener) Addr() net.Addr { return &net.TCPAddr{} }

// conn sends the same request again and again, and takes any response.
type conn struct {
	text string
	left int
	at   int // how many are left when it is warm
	warm func()
	// abort ends the read by which the server looks whether the client goes away.
	abort chan struct{}
	done  chan struct{}
}

func (c *conn) Read(p []byte) (int, error) {
	if len(p) == 1 {
		<-c.abort
		return 0, os.ErrDeadlineExceeded
	}
	if c.left == c.at {
		c.warm()
	}
	if c.left == 0 {
		close(c.done)
		return 0, io.EOF
	}
	c.left--
	return copy(p, c.text), nil
}

func (c *conn) SetReadDeadline(t time.Time) error {
	if !t.IsZero() {
		c.abort <- struct{}{}
	}
	return nil
}

func (c *conn) Write(p []byte) (int, error)      { return len(p), nil }
func (c *conn) Close() error                     { return nil }
func (c *conn) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (c *conn) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (c *conn) SetDeadline(time.Time) error      { return nil }
func (c *conn) SetWriteDeadline(time.Time) error { return nil }
