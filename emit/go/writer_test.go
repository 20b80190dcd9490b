package golang

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/http/httputil"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWriterOnServers(t *testing.T) {
	policy := middleware(t, appSettings)
	for around, wrap := range arounds {
		for name, h := range handlers {
			if around == "proxy" && name == "values kept" {
				continue // the handler is behind the proxy, where there is no policy
			}
			for _, h2 := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/%t", around, name, h2), func(t *testing.T) {
					if h2 && name == "deadlines" {
						t.Skip("HTTP/2 is full duplex without being told")
					}
					s := start(t, h2, wrap(t, policy, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						upstreamCORS(w.Header())
						h.serve(w, r)
					})))
					s.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
					response := get(t, s, "POST", "/")
					got := outcomeOf(response.StatusCode, response.Header, false)
					want := appHeaders
					want.Status = h.status
					if strings.HasPrefix(around, "gzip") {
						want.Vary = []string{"accept-encoding", "origin"}
					}
					if d := cmp.Diff(want, got); d != "" {
						t.Error(d)
					}
					if b := body(response); b != h.body {
						t.Errorf("body %.40q, want %.40q", b, h.body)
					}
					if name == "trailer" && response.Trailer.Get("X-Sum") != "42" {
						t.Error("the trailer is lost")
					}
				})
			}
		}
	}
}

func TestConditionalAndPartialContent(t *testing.T) {
	s := start(t, false, middleware(t, appSettings)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		upstreamCORS(w.Header())
		w.Header().Set("ETag", `"a"`)
		http.ServeContent(w, r, "a.txt", time.Time{}, strings.NewReader("0123456789"))
	})))
	tests := []struct {
		method, field, value string
		status               int
		body                 string
	}{
		{"GET", "Range", "bytes=2-4", 206, "234"},
		{"GET", "Range", "bytes=50-", 416, "invalid range: failed to overlap\n"},
		{"GET", "If-None-Match", `"a"`, 304, ""},
		{"GET", "If-Match", `"b"`, 412, ""},
		{"HEAD", "Accept", "*/*", 200, ""},
	}
	for _, tt := range tests {
		response := get(t, s, tt.method, "/", tt.field, tt.value)
		want := appHeaders
		want.Status = tt.status
		if d := cmp.Diff(want, outcomeOf(response.StatusCode, response.Header, false)); d != "" {
			t.Error(tt, d)
		}
		if b := body(response); b != tt.body {
			t.Errorf("%v: body %q", tt, b)
		}
	}
}

func TestPreflightOnServers(t *testing.T) {
	policy := middleware(t, settings{origins: []string{appOrigin}, methods: "PUT", maxAge: 600})
	for _, h2 := range []bool{false, true} {
		s := start(t, h2, policy(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("reached") })))
		response := get(t, s, "OPTIONS", "/", "Access-Control-Request-Method", "PUT")
		want := outcome{
			Status: 204,
			CORS:   []string{"Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Origin: " + appOrigin, "Access-Control-Max-Age: 600"},
			Vary:   []string{"access-control-request-headers", "access-control-request-method", "origin"},
		}
		if d := cmp.Diff(want, outcomeOf(response.StatusCode, response.Header, false)); d != "" {
			t.Error(d)
		}
		response = get(t, s, "OPTIONS", "/", "Access-Control-Request-Method", "PUT", "Origin", "https://evil.example")
		want.Status, want.CORS = 403, nil
		if d := cmp.Diff(want, outcomeOf(response.StatusCode, response.Header, false)); d != "" {
			t.Error(d)
		}
		if b := body(response); b != "" {
			t.Errorf("body %q", b)
		}
	}
}

// An informational response is not the answer: it loses what the handler set of
// the policy's headers, and the answer has them.
func TestEarlyHints(t *testing.T) {
	for _, p := range protocols {
		for _, around := range []string{"alone", "proxy"} {
			s := p.start(t, arounds[around](t, middleware(t, appSettings), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				upstreamCORS(w.Header())
				w.Header().Set("Link", "</a.css>; rel=preload")
				w.WriteHeader(103)
				w.WriteHeader(404)
			})))
			response, hints := getHints(t, s)
			want := appHeaders
			want.Status = 404
			if d := cmp.Diff(want, outcomeOf(response.StatusCode, response.Header, false)); d != "" {
				t.Error(p.name, around, d)
			}
			if d := cmp.Diff(outcome{Status: 103}, outcomeOf(103, hints, false)); d != "" || hints.Get("Link") == "" {
				t.Error(p.name, around, d, hints)
			}
		}
	}
}

// getHints returns the response and the header of the informational one before it.
func getHints(t *testing.T, s *httptest.Server) (*http.Response, http.Header) {
	t.Helper()
	hints := http.Header{}
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		Got1xxResponse: func(_ int, h textproto.MIMEHeader) error { hints = http.Header(h); return nil },
	})
	r, _ := http.NewRequestWithContext(ctx, "GET", s.URL, nil)
	r.Header.Set("Origin", appOrigin)
	response, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response, hints
}

func TestTimeoutHandler(t *testing.T) {
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		upstreamCORS(w.Header())
		if r.URL.Path == "/slow" {
			<-r.Context().Done()
		}
		io.WriteString(w, "done")
	})
	policy := middleware(t, appSettings)
	tests := []struct {
		outside bool
		path    string
		want    outcome
	}{
		{false, "/", outcome{Status: 200, CORS: appHeaders.CORS, Vary: appHeaders.Vary}},
		{false, "/slow", outcome{Status: 503, CORS: appHeaders.CORS, Vary: appHeaders.Vary}},
		{true, "/", outcome{Status: 200, CORS: appHeaders.CORS, Vary: appHeaders.Vary}},
		{true, "/slow", outcome{Status: 503}}, // answered by the outer handler, out of the policy's reach
	}
	for _, p := range protocols {
		within := policy(http.TimeoutHandler(slow, 50*time.Millisecond, "late"))
		without := policy(slow)
		servers := map[bool]*httptest.Server{
			false: p.start(t, within),
			true:  p.start(t, http.TimeoutHandler(without, 50*time.Millisecond, "late")),
		}
		for _, tt := range tests {
			response := get(t, servers[tt.outside], "GET", tt.path)
			if d := cmp.Diff(tt.want, outcomeOf(response.StatusCode, response.Header, false)); d != "" {
				t.Error(p.name, tt, d)
			}
		}
		for _, h := range []http.Handler{within, without} {
			if h.(*corsHandler).chain.writers.kept.Load() {
				t.Error(p.name, "a late handler is taken for one that keeps its writer")
			}
		}
	}
}

// A middleware further out that recovers from a panic answers by the policy, so
// that a script may read the status.
func TestPanics(t *testing.T) {
	policy := middleware(t, appSettings)
	recovering := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() == nil {
				t.Error("the panic is swallowed")
			}
			w.WriteHeader(500)
		}()
		policy(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			upstreamCORS(w.Header())
			panic("oh")
		})).ServeHTTP(w, r)
	})
	response := get(t, start(t, false, recovering), "GET", "/")
	want := appHeaders
	want.Status = 500
	if d := cmp.Diff(want, outcomeOf(response.StatusCode, response.Header, false)); d != "" {
		t.Error(d)
	}

	s := start(t, false, policy(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })))
	if response, err := s.Client().Get(s.URL); err == nil {
		response.Body.Close()
		t.Error("an aborted handler got an answer through")
	}
}

func TestHijack(t *testing.T) {
	ways := map[string]func(w http.ResponseWriter) (net.Conn, *bufio.ReadWriter, error){
		"assertion": func(w http.ResponseWriter) (net.Conn, *bufio.ReadWriter, error) { return w.(http.Hijacker).Hijack() },
		"controller": func(w http.ResponseWriter) (net.Conn, *bufio.ReadWriter, error) {
			return http.NewResponseController(w).Hijack()
		},
	}
	for name, hijack := range ways {
		kept := make(chan http.Header, 1)
		s := start(t, false, middleware(t, appSettings)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := hijack(w)
			if err != nil {
				t.Error(err)
				return
			}
			kept <- w.Header()
			go func() { // the headers are this goroutine's now
				w.Header().Set("X-Mine", "1")
				io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
				conn.Close()
			}()
		})))
		if response := get(t, s, "GET", "/"); response.StatusCode != 200 {
			t.Error(name, response.Status)
		}
		if h := <-kept; h.Get("Access-Control-Allow-Origin") != "" {
			t.Error(name, h)
		}
	}
}

func TestWebSocketThroughProxy(t *testing.T) {
	backend := start(t, false, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nhello")
	}))
	target, _ := url.Parse(backend.URL)
	s := start(t, false, middleware(t, appSettings)(httputil.NewSingleHostReverseProxy(target)))
	response := get101(t, s)
	if response != "hello" {
		t.Errorf("%q", response)
	}
}

func get101(t *testing.T, s *httptest.Server) string {
	t.Helper()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\nOrigin: %s\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n", appOrigin)
	all, _ := io.ReadAll(conn)
	_, after, _ := strings.Cut(string(all), "\r\n\r\n")
	return after
}

func TestConcurrentRequests(t *testing.T) {
	s := start(t, false, middleware(t, appSettings)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(200)
		spoil(w.Header())
	})))
	done := make(chan string)
	for range 8 {
		go func() {
			for range 50 {
				r, _ := http.NewRequest("GET", s.URL, nil)
				r.Header.Set("Origin", appOrigin)
				response, err := s.Client().Do(r)
				if err != nil {
					done <- err.Error()
					return
				}
				response.Body.Close()
				if d := cmp.Diff(appHeaders.CORS, outcomeOf(200, response.Header, false).CORS); d != "" {
					done <- d
					return
				}
			}
			done <- ""
		}()
	}
	for range 8 {
		if problem := <-done; problem != "" {
			t.Error(problem)
		}
	}
}
