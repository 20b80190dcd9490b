package golang

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"
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

var quiet = log.New(io.Discard, "", 0)

// start serves handler over HTTP/1.1 or HTTP/2.
func start(tb testing.TB, h2 bool, handler http.Handler) *httptest.Server {
	tb.Helper()
	s := httptest.NewUnstartedServer(handler)
	s.EnableHTTP2 = h2
	s.Config.ErrorLog = quiet
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
		spoil(w.Header())
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

// spoil overwrites whatever of h can be reached, behind the end of values too.
func spoil(h http.Header) {
	for _, values := range h {
		values = values[:cap(values)]
		for i := range values {
			values[i] = "spoiled"
		}
		_ = append(values, "spoiled")
	}
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
