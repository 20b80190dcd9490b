package golang

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"
)

// cost is what one run takes: a mean over some, of the cheapest batch, since
// other goroutines allocate too.
type cost struct{ allocs, bytes float64 }

func (c cost) minus(other cost) cost { return cost{c.allocs - other.allocs, c.bytes - other.bytes} }

func measure(batches, runs int, f func()) cost {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection empties the pools
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if poolsDrop() {
		batches = 2 // no exact measure is to be had, and it takes long
	}
	f()
	least := cost{1e9, 1e9}
	for range batches {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range runs {
			f()
		}
		runtime.ReadMemStats(&after)
		least.allocs = min(least.allocs, float64(after.Mallocs-before.Mallocs)/float64(runs))
		least.bytes = min(least.bytes, float64(after.TotalAlloc-before.TotalAlloc)/float64(runs))
	}
	return least
}

// poolsDrop reports whether sync.Pool drops some of what is put into it, as it does
// under the race detector: then it happens that a writer is made for a request, and
// that net/http makes what it else reuses. So the check is a coarse one there.
var poolsDrop = sync.OnceValue(func() bool {
	var p sync.Pool
	for range 200 {
		if p.Put(&p); p.Get() == nil {
			return true
		}
	}
	return false
})

// check fails if c is more than so many allocations of so many bytes.
func (c cost) check(tb testing.TB, allocs, bytes float64) {
	tb.Helper()
	if poolsDrop() {
		allocs, bytes = allocs+4, 1e9
	}
	if c.allocs > allocs || c.bytes > bytes {
		tb.Errorf("%.2f allocations of %.1f B, want no more than %.0f of %.0f B", c.allocs, c.bytes, allocs, bytes)
	}
}

// thinWriter costs nothing. It copies the header in WriteHeader, as a server's.
type thinWriter struct{ header http.Header }

func (w *thinWriter) Header() http.Header               { return w.header }
func (w *thinWriter) WriteHeader(int)                   {}
func (w *thinWriter) Write(p []byte) (int, error)       { return len(p), nil }
func (w *thinWriter) WriteString(s string) (int, error) { return len(s), nil }
func (w *thinWriter) Flush()                            {}

// costlessHandlers cost nothing themselves.
var costlessHandlers = map[string]http.HandlerFunc{
	"body":   func(w http.ResponseWriter, _ *http.Request) { w.Write(helloBytes) },
	"string": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") },
	"status": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404); w.Write(helloBytes) },
	"flush":  func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush(); w.Write(helloBytes) },
	"headers": func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = ownType
		w.Header()["Cache-Control"] = ownCache
		w.Write(helloBytes)
	},
	"vary": func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Vary"] = ownVary
		w.Write(helloBytes)
	},
	"CORS of its own": func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Access-Control-Allow-Origin"] = ownType
		w.Write(helloBytes)
	},
}

var (
	helloBytes = []byte("hello")
	ownType    = []string{"text/plain"}
	ownCache   = []string{"no-store"}
	ownVary    = []string{"Accept-Encoding", "Cookie"}
)

// allocRequests are requests of each class.
func allocRequests() map[string]*http.Request {
	requests := map[string]*http.Request{"non-CORS": request("GET", http.Header{})}
	for _, origin := range []string{appOrigin, "https://a.example.org", "https://evil.example", "null"} {
		requests["actual of "+origin] = request("GET", http.Header{"Origin": {origin}})
		requests["preflight of "+origin] = request("OPTIONS", http.Header{
			"Origin": {origin}, "Access-Control-Request-Method": {"PUT"}, "Access-Control-Request-Headers": {"x-a,x-b"},
		})
	}
	return requests
}

// Under a writer that copies the header in WriteHeader, no request takes any
// memory.
func TestAllocsUnderCopyingWriter(t *testing.T) {
	for name, s := range policies {
		for kind, handler := range costlessHandlers {
			h := middleware(t, s)(handler).(*corsHandler)
			h.policy.allows = func(origin string) bool { return origin == appOrigin } // origin's own take memory
			w := &thinWriter{http.Header{}}
			h.chain.copying.seen.Store(corsTypeOf(w))
			for class, r := range allocRequests() {
				t.Run(name+"/"+kind+"/"+class, func(t *testing.T) {
					measure(3, 50, func() {
						clear(w.header)
						h.ServeHTTP(w, r)
					}).check(t, 0, 0)
				})
			}
		}
	}
}

// Nor does the choice of a policy by path.
func TestAllocsOfSite(t *testing.T) {
	v := variant(t, policies["one"])
	p := live(&v)
	p.allows = func(origin string) bool { return origin == appOrigin }
	site := &corsSite{routes: []corsRoute{{path: "/healthz"}, {path: "/v1/"}}, policies: []*corsPolicy{p}}
	h := site.handler(costlessHandlers["body"]).(*corsSiteHandler)
	w := &thinWriter{http.Header{}}
	h.chain.copying.seen.Store(corsTypeOf(w))
	for class, r := range allocRequests() {
		for _, path := range []string{"/v1/things", "/healthz", "/other"} {
			r.URL.Path = path
			measure(3, 50, func() {
				clear(w.header)
				h.ServeHTTP(w, r)
			}).check(t, 0, 0)
			if touched := len(w.header) != 0; touched {
				t.Error(class, path, w.header)
			}
		}
	}
}

// Under writers that it does not know a policy allocates the values that it puts
// in, once, so that nobody can reach those of another response.
func TestAllocsUnderUnknownWriters(t *testing.T) {
	around := map[string]func(h http.Handler) http.Handler{
		"recorder":  func(h http.Handler) http.Handler { return h },
		"timeout":   func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Hour, "late") },
		"buffering": buffering,
	}
	sizes := map[string]float64{"non-CORS": 16, "actual": 64, "preflight": 80} // 16 a header
	for name, around := range around {
		for _, kind := range []string{"body", "status", "headers"} {
			handler := costlessHandlers[kind]
			for class, r := range handRequests {
				t.Run(name+"/"+kind+"/"+class, func(t *testing.T) {
					serve := func(h http.Handler) cost {
						return measure(5, 50, func() { h.ServeHTTP(httptest.NewRecorder(), r) })
					}
					ours, hand := around(middleware(t, handSettings)(handler)), around(byHand(handler))
					serve(ours).minus(serve(hand)).check(t, 1, sizes[class])
				})
			}
		}
	}
}

// A fresh writer is one allocation of 80 bytes.
func TestAllocsOfFreshWriters(t *testing.T) {
	for kind, handler := range costlessHandlers {
		h := corsHandlerOf(t, true, handler)
		h.policy.fresh = true
		w := &thinWriter{http.Header{}}
		h.chain.copying.seen.Store(corsTypeOf(w))
		r := appRequest()
		t.Run(kind, func(t *testing.T) {
			measure(3, 50, func() {
				clear(w.header)
				h.ServeHTTP(w, r)
			}).check(t, 1, 80)
		})
	}
}

// A handler that returns without a write leaves the answer to whoever stands around
// the policy, with values that these may change: one allocation.
func TestAllocsOfNoWrite(t *testing.T) {
	h := corsHandlerOf(t, true, func(http.ResponseWriter, *http.Request) {})
	w := &thinWriter{http.Header{}}
	h.chain.copying.seen.Store(corsTypeOf(w))
	r := appRequest()
	measure(3, 50, func() {
		clear(w.header)
		h.ServeHTTP(w, r)
	}).check(t, 1, 64)
}

// Handlers behind one policy that set Vary in several ways cost nothing either.
func TestAllocsOfSeveralVarys(t *testing.T) {
	varys := [][]string{{"Accept"}, {"Accept-Encoding", "Cookie"}, {"Accept-Language"}, {"Cookie"}}
	at := 0
	h := corsHandlerOf(t, true, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Vary"] = varys[at]
		w.Write(helloBytes)
	})
	w := &thinWriter{http.Header{}}
	h.chain.copying.seen.Store(corsTypeOf(w))
	r := appRequest()
	measure(3, 40, func() {
		at = (at + 1) % len(varys)
		clear(w.header)
		h.ServeHTTP(w, r)
	}).check(t, 0, 0)
}
