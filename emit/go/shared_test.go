package golang

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// vandals are one for each client, which leaves those of the others alone: it
// would meet with net/http's reading of them.
type vandals [3]vandal

// of returns the vandal of a request, or nil if its header is to stay.
func (v *vandals) of(r *http.Request) *vandal {
	client, err := strconv.Atoi(r.URL.Path[1:])
	if err != nil {
		return nil
	}
	return &v[client]
}

// vandal does to a header whatever its holder can, and keeps the values to do
// it again.
type vandal struct {
	mu   sync.Mutex
	kept [][]string
}

func (v *vandal) on(h http.Header) {
	if v == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for name, values := range h {
		if cap(values) == 0 {
			continue
		}
		ruin(values)
		v.kept = append(v.kept, values)
		switch len(v.kept) % 3 {
		case 0:
			delete(h, name)
		case 1:
			h[name] = append(values, "appended")
		default:
			h[name] = append(values[:0], "replaced")
		}
	}
}

// again ruins what was kept, after the request.
func (v *vandal) again() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, values := range v.kept {
		ruin(values)
	}
}

// ruin overwrites values, behind their end too.
func ruin(values []string) {
	_ = append(values[:0:cap(values)], "ruined")
	values = values[:cap(values)]
	for i := range values {
		values[i] = "ruined"
	}
}

// vandalWriter ruins the header as soon as the writer inside has taken it.
type vandalWriter struct {
	http.ResponseWriter
	vandal *vandal
}

func (w vandalWriter) WriteHeader(status int) {
	w.ResponseWriter.WriteHeader(status)
	w.vandal.on(w.Header())
}

func (w vandalWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.vandal.on(w.Header())
	return n, err
}

// bufferingWriter is that of a middleware that holds the response back, and reads
// the header at the end.
type bufferingWriter struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (w *bufferingWriter) WriteHeader(status int)      { w.status = status }
func (w *bufferingWriter) Write(p []byte) (int, error) { return w.body.Write(p) }

// buffering compresses the whole response at the end.
func buffering(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := &bufferingWriter{ResponseWriter: w, status: 200}
		h.ServeHTTP(b, r)
		if r.Header.Get("Accept-Encoding") == "gzip" {
			w.Header().Set("Content-Encoding", "gzip")
			var z bytes.Buffer
			zw := gzip.NewWriter(&z)
			zw.Write(b.body.Bytes())
			zw.Close()
			b.body = z
		}
		w.WriteHeader(b.status)
		w.Write(b.body.Bytes())
	})
}

// outsides are the writers that a policy meets.
var outsides = map[string]func(h http.Handler, v *vandals) http.Handler{
	"server": func(h http.Handler, _ *vandals) http.Handler { return h },
	"wrapped": func(h http.Handler, v *vandals) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h.ServeHTTP(vandalWriter{w, v.of(r)}, r)
		})
	},
	"recorder": func(h http.Handler, v *vandals) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			recorder := httptest.NewRecorder()
			h.ServeHTTP(recorder, r)
			response := recorder.Result()
			for name, values := range response.Header {
				w.Header()[name] = slices.Clone(values)
			}
			w.WriteHeader(response.StatusCode)
			_, _ = io.Copy(w, response.Body)
			v.of(r).on(recorder.Header())
			v.of(r).on(response.Header)
		})
	},
	"timeout":   func(h http.Handler, _ *vandals) http.Handler { return http.TimeoutHandler(h, time.Minute, "late") },
	"gzip":      func(h http.Handler, _ *vandals) http.Handler { return compressed(h) },
	"buffering": func(h http.Handler, _ *vandals) http.Handler { return buffering(h) },
}

// ruining is a middleware that ruins the header on both sides of h.
func ruining(h http.Handler, v *vandals) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := v.of(r)
		v.on(w.Header())
		h.ServeHTTP(w, r)
		v.on(w.Header())
	})
}

// ruinedHandler ruins the headers of the request and the response at every
// moment that it has.
func ruinedHandler(v *vandals) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		v := v.of(r)
		if v == nil {
			io.WriteString(w, "clean")
			return
		}
		ruin(r.Header["Origin"])
		upstreamCORS(w.Header())
		v.on(w.Header())
		switch r.Header.Get("X-Way") {
		case "status":
			w.WriteHeader(404)
		case "write":
			io.WriteString(w, "spoiled")
		case "hints":
			w.WriteHeader(103)
			v.on(w.Header())
			_ = http.NewResponseController(w).Flush()
		}
		v.on(w.Header())
		v.again()
		io.WriteString(w, "spoiled")
		v.on(w.Header())
		v.on(r.Header)
	})
}

// decisions returns a deep copy of what a policy answers.
func decisions(p *corsPolicy) []corsResponse {
	var all []corsResponse
	for _, b := range []corsBranches{p.preflight, p.actual} {
		for _, r := range []corsResponse{b.allowed, b.refused, b.absent} {
			r.vary = slices.Clone(r.vary)
			r.set = slices.Clone(r.set)
			for i := range r.set {
				r.set[i].value = slices.Clone(r.set[i].value)
			}
			all = append(all, r)
		}
	}
	return all
}

// Whatever handlers and middleware do to the headers that they can reach, and
// whenever: no other response is harmed, nor is the policy.
func TestNothingSharedIsReachable(t *testing.T) {
	shared := settings{origins: []string{appOrigin}, credentials: true, expose: "X-B", methods: "<echo>", headers: "<echo>", maxAge: 600}
	for name, outside := range outsides {
		for _, p := range protocols[:2] {
			for _, fresh := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/%t", name, p.name, fresh), func(t *testing.T) {
					t.Parallel()
					decided := variant(t, shared)
					policy := live(&decided)
					policy.fresh = fresh
					before := decisions(policy)
					v := &vandals{}
					s := p.start(t, ruining(outside(policy.handler(ruining(ruinedHandler(v), v)), v), v))
					var wait sync.WaitGroup
					for client := range v {
						wait.Go(func() { attackAndFetch(t, s, strconv.Itoa(client)) })
					}
					wait.Wait()
					if !reflect.DeepEqual(before, decisions(policy)) {
						t.Error("the policy has changed")
					}
				})
			}
		}
	}
}

func attackAndFetch(t *testing.T, s *httptest.Server, client string) {
	for i := range 4 {
		for _, way := range []string{"status", "write", "hints", ""} {
			send(t, s, "GET", "/"+client, "X-Way", way, "Origin", appOrigin)
			send(t, s, "OPTIONS", "/"+client, "Origin", appOrigin, "Access-Control-Request-Method", "PUT")
		}
		checkClean(t, s, i%2 == 0)
	}
}

func checkClean(t *testing.T, s *httptest.Server, preflight bool) {
	want := outcome{Status: 200, CORS: appHeaders.CORS, Vary: []string{"accept-encoding", "origin"}}
	var got outcome
	if preflight {
		want = outcome{
			Status: 204,
			CORS: []string{
				"Access-Control-Allow-Credentials: true", "Access-Control-Allow-Headers: x-a,x-b", "Access-Control-Allow-Methods: PUT",
				"Access-Control-Allow-Origin: " + appOrigin, "Access-Control-Max-Age: 600",
			},
		}
		got = send(t, s, "OPTIONS", "/", "Origin", appOrigin, "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "x-a,x-b")
		got.Vary = nil // a compressing middleware outside adds to it
	} else {
		got = send(t, s, "GET", "/", "Origin", appOrigin)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// send returns the outcome of a request, from any goroutine.
func send(t *testing.T, s *httptest.Server, method, path string, fields ...string) outcome {
	r, _ := http.NewRequest(method, s.URL+path, nil)
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	response, err := s.Client().Do(r)
	if err != nil {
		t.Error(err)
		return outcome{}
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Error(err)
	}
	return outcomeOf(response.StatusCode, response.Header, false)
}
