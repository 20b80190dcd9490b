package golang

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
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

const appOrigin = "https://app.example.com"

var appSettings = settings{origins: []string{appOrigin}, credentials: true, expose: "X-B"}

// appHeaders are what the policy of appSettings gives an allowed origin.
var appHeaders = outcome{
	CORS: []string{
		"Access-Control-Allow-Credentials: true",
		"Access-Control-Allow-Origin: " + appOrigin,
		"Access-Control-Expose-Headers: X-B",
	},
	Vary: []string{"origin"},
}

// upstreamCORS sets what a handler with a CORS policy of its own would.
func upstreamCORS(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h["access-control-max-age"] = []string{"5"}
}

// start serves handler over HTTP/1.1 or HTTP/2.
func start(tb testing.TB, h2 bool, handler http.Handler) *httptest.Server {
	tb.Helper()
	s := httptest.NewUnstartedServer(handler)
	s.EnableHTTP2 = h2
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	if h2 {
		s.StartTLS()
	} else {
		s.Start()
	}
	tb.Cleanup(s.Close)
	return s
}

func get(tb testing.TB, s *httptest.Server, method, path string, fields ...string) *http.Response {
	tb.Helper()
	r, err := http.NewRequest(method, s.URL+path, nil)
	if err != nil {
		tb.Fatal(err)
	}
	r.Header.Set("Origin", appOrigin)
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	response, err := s.Client().Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		tb.Fatal(err)
	}
	response.Body.Close()
	response.Body = io.NopCloser(strings.NewReader(string(body)))
	return response
}

func body(r *http.Response) string {
	b, _ := io.ReadAll(r.Body)
	return string(b)
}

// handlers answer in every way that a handler can, all with CORS headers of
// their own that must not be seen.
var handlers = map[string]struct {
	serve  func(w http.ResponseWriter, r *http.Request)
	status int
	body   string
}{
	"nothing":      {func(http.ResponseWriter, *http.Request) {}, 200, ""},
	"write":        {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }, 200, "hello"},
	"empty write":  {func(w http.ResponseWriter, _ *http.Request) { w.Write(nil) }, 200, ""},
	"status":       {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(418) }, 418, ""},
	"no content":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, 204, ""},
	"not modified": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) }, 304, ""},
	"redirect":     {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/x", http.StatusTemporaryRedirect) }, 307, ""},
	"error":        {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 500) }, 500, "no\n"},
	"flush": {func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush()
		io.WriteString(w, "later")
	}, 200, "later"},
	"flush by controller": {func(w http.ResponseWriter, _ *http.Request) {
		if err := http.NewResponseController(w).Flush(); err != nil {
			panic(err)
		}
		upstreamCORS(w.Header())
	}, 200, ""},
	"copy": {func(w http.ResponseWriter, _ *http.Request) {
		n, err := io.Copy(w, strings.NewReader(strings.Repeat("x", 100_000)))
		if n != 100_000 || err != nil {
			panic(fmt.Sprint(n, err))
		}
	}, 200, strings.Repeat("x", 100_000)},
	"read from": {func(w http.ResponseWriter, _ *http.Request) {
		n, err := io.Copy(w, io.LimitReader(strings.NewReader(strings.Repeat("x", 100_000)), 90_000))
		if n != 90_000 || err != nil {
			panic(fmt.Sprint(n, err))
		}
	}, 200, strings.Repeat("x", 90_000)},
	"failed copy": {func(w http.ResponseWriter, _ *http.Request) {
		if _, err := io.Copy(w, iotestErrReader{}); err != nil {
			upstreamCORS(w.Header())
			w.WriteHeader(502)
		}
	}, 502, ""},
	"two statuses": {func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(404)
		upstreamCORS(w.Header())
		w.WriteHeader(200)
	}, 404, ""},
	"values kept": {func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(200)
		w.Header()["Vary"][0] = "spoiled"
		w.Header()["Access-Control-Allow-Origin"][0] = "spoiled"
		_ = append(w.Header()["Access-Control-Allow-Origin"], "spoiled")
	}, 200, ""},
	"content": {func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "a.txt", time.Time{}, strings.NewReader("0123456789"))
	}, 200, "0123456789"},
	"deadlines": {func(w http.ResponseWriter, _ *http.Request) {
		c := http.NewResponseController(w)
		if err := errors.Join(c.SetReadDeadline(time.Time{}), c.SetWriteDeadline(time.Time{}), c.EnableFullDuplex()); err != nil {
			panic(err)
		}
	}, 200, ""},
	"trailer": {func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		io.WriteString(w, "hello")
		w.Header().Set("X-Sum", "42")
	}, 200, "hello"},
}

type iotestErrReader struct{}

func (iotestErrReader) Read([]byte) (int, error) { return 0, errors.New("cannot read") }

// arounds are what stands around the policy, or between it and the handler.
var arounds = map[string]func(tb testing.TB, policy func(http.Handler) http.Handler, h http.Handler) http.Handler{
	"alone": func(_ testing.TB, policy func(http.Handler) http.Handler, h http.Handler) http.Handler {
		return policy(h)
	},
	"two policies": func(tb testing.TB, policy func(http.Handler) http.Handler, h http.Handler) http.Handler {
		return policy(middleware(tb, settings{origins: []string{"*"}})(h))
	},
	"gzip inside": func(_ testing.TB, policy func(http.Handler) http.Handler, h http.Handler) http.Handler {
		return policy(compressed(h))
	},
	"gzip outside": func(_ testing.TB, policy func(http.Handler) http.Handler, h http.Handler) http.Handler {
		return compressed(policy(h))
	},
	"proxy": func(tb testing.TB, policy func(http.Handler) http.Handler, h http.Handler) http.Handler {
		backend := start(tb, false, h)
		target, _ := url.Parse(backend.URL)
		proxy := httputil.NewSingleHostReverseProxy(target)
		proxy.FlushInterval = -1
		return policy(proxy)
	},
}

// compressed is a middleware as compressing ones are: a writer that wraps.
func compressed(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		if r.Header.Get("Accept-Encoding") != "gzip" {
			h.ServeHTTP(w, r)
			return
		}
		z := &gzipWriter{ResponseWriter: w, z: gzip.NewWriter(w)}
		defer z.z.Close()
		w.Header().Set("Content-Encoding", "gzip")
		h.ServeHTTP(z, r)
	})
}

type gzipWriter struct {
	http.ResponseWriter
	z *gzip.Writer
}

func (z *gzipWriter) Write(p []byte) (int, error) { return z.z.Write(p) }
func (z *gzipWriter) Unwrap() http.ResponseWriter { return z.ResponseWriter }
func (z *gzipWriter) Flush()                      { z.z.Flush(); z.ResponseWriter.(http.Flusher).Flush() }

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
	for _, around := range []string{"alone", "proxy"} {
		s := start(t, false, arounds[around](t, middleware(t, appSettings), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			upstreamCORS(w.Header())
			w.Header().Set("Link", "</a.css>; rel=preload")
			w.WriteHeader(103)
			w.WriteHeader(404)
		})))
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
		want := appHeaders
		want.Status = 404
		if d := cmp.Diff(want, outcomeOf(response.StatusCode, response.Header, false)); d != "" {
			t.Error(around, d)
		}
		if d := cmp.Diff(outcome{Status: 103}, outcomeOf(103, hints, false)); d != "" || hints.Get("Link") == "" {
			t.Error(around, d, hints)
		}
	}
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
	inside := start(t, false, policy(http.TimeoutHandler(slow, 50*time.Millisecond, "late")))
	outside := start(t, false, http.TimeoutHandler(policy(slow), 50*time.Millisecond, "late"))
	tests := []struct {
		server *httptest.Server
		path   string
		want   outcome
	}{
		{inside, "/", outcome{Status: 200, CORS: appHeaders.CORS, Vary: appHeaders.Vary}},
		{inside, "/slow", outcome{Status: 503, CORS: appHeaders.CORS, Vary: appHeaders.Vary}},
		{outside, "/", outcome{Status: 200, CORS: appHeaders.CORS, Vary: appHeaders.Vary}},
		{outside, "/slow", outcome{Status: 503}}, // answered by the outer handler, out of the policy's reach
	}
	for i, tt := range tests {
		response := get(t, tt.server, "GET", tt.path)
		if d := cmp.Diff(tt.want, outcomeOf(response.StatusCode, response.Header, false)); d != "" {
			t.Error(i, d)
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
		w.Header()["Access-Control-Allow-Origin"][0] += "spoiled"
		w.Header()["Vary"][0] += "spoiled"
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
