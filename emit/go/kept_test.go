package golang

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

// uses are all that can be done with a writer. Each returns the error, or
// another sign that the call has come to nothing.
var uses = map[string]func(w http.ResponseWriter) error{
	"Header": func(w http.ResponseWriter) error {
		w.Header().Set("X-Stale", "1")
		w.Header()["Access-Control-Allow-Origin"] = []string{"https://evil.example"}
		return nothing(len(w.Header()) == 0)
	},
	"WriteHeader":     func(w http.ResponseWriter) error { w.WriteHeader(500); return corsStale{} },
	"WriteHeader 103": func(w http.ResponseWriter) error { w.WriteHeader(103); return corsStale{} },
	"WriteHeader 0":   func(w http.ResponseWriter) error { w.WriteHeader(0); return corsStale{} },
	"Write":           func(w http.ResponseWriter) error { return count(w.Write([]byte("stale"))) },
	"WriteString":     func(w http.ResponseWriter) error { return count(io.WriteString(w, "stale")) },
	"ReadFrom": func(w http.ResponseWriter) error {
		return count(w.(io.ReaderFrom).ReadFrom(strings.NewReader("stale")))
	},
	"Copy":             func(w http.ResponseWriter) error { return count(io.Copy(w, io.LimitReader(zeros{}, 5000))) },
	"Flush":            func(w http.ResponseWriter) error { w.(http.Flusher).Flush(); return corsStale{} },
	"FlushError":       func(w http.ResponseWriter) error { return w.(interface{ FlushError() error }).FlushError() },
	"Push":             func(w http.ResponseWriter) error { return w.(http.Pusher).Push("/stale", nil) },
	"Unwrap":           func(w http.ResponseWriter) error { return nothing(unwrap(w) == nil) },
	"Controller.Flush": func(w http.ResponseWriter) error { return http.NewResponseController(w).Flush() },
	"Controller.EnableFullDuplex": func(w http.ResponseWriter) error {
		return nothing(errors.Is(http.NewResponseController(w).EnableFullDuplex(), errors.ErrUnsupported))
	},
	"Hijack": func(w http.ResponseWriter) error {
		conn, buffer, err := w.(http.Hijacker).Hijack()
		return errors.Join(err, nothing(conn == nil && buffer == nil))
	},
	"CloseNotify": func(w http.ResponseWriter) error {
		c := w.(interface{ CloseNotify() <-chan bool }).CloseNotify()
		return nothing(c != nil && len(c) == 0)
	},
}

func unwrap(w http.ResponseWriter) http.ResponseWriter {
	return w.(interface{ Unwrap() http.ResponseWriter }).Unwrap()
}

// nothing is the error of a call that has none to return but does nothing.
func nothing(ok bool) error {
	if ok {
		return corsStale{}
	}
	return errors.New("it did something")
}

func count[N int | int64](n N, err error) error {
	if n != 0 {
		return fmt.Errorf("%d bytes were written", n)
	}
	return err
}

// useStale does everything with a writer whose handler has returned.
func useStale(tb testing.TB, w http.ResponseWriter) {
	tb.Helper()
	for name, use := range uses {
		if err := use(w); !errors.Is(err, corsStale{}) {
			tb.Errorf("%s of a writer whose handler has returned: %v", name, err)
		}
	}
}

// checkUnharmed checks the response to the request of which the handler wrote
// "mine".
func checkUnharmed(tb testing.TB, w *ableWriter) {
	tb.Helper()
	got := outcomeOf(w.status, w.sent, false)
	want := outcome{Status: 200, CORS: appHeaders.CORS, Vary: appHeaders.Vary}
	if !reflect.DeepEqual(got, want) || w.sent.Get("X-Stale") != "" {
		tb.Errorf("the response is %v", w.sent)
	}
	if !slices.Equal(w.calls, []string{"WriteHeader 200", "Write mine"}) && !slices.Equal(w.calls, []string{"Write mine"}) {
		tb.Errorf("what came in is %q", w.calls)
	}
}

// A handler that keeps its writer and uses it after it has returned reaches
// nobody, at each distance of fewer than corsHandles later requests with the
// same writer, between requests and while the last of them is served.
func TestKeptWriterReachesNobody(t *testing.T) {
	for later := range corsHandles {
		for _, copying := range []bool{false, true} {
			for _, busy := range []bool{false, true} {
				if busy && later == 0 {
					continue
				}
				t.Run(fmt.Sprintf("%d/%t/%t", later, copying, busy), func(t *testing.T) {
					useAfter(t, later, copying, busy)
				})
			}
		}
	}
}

func useAfter(t *testing.T, later int, copying, busy bool) {
	var kept http.ResponseWriter
	served := 0
	h := corsHandlerOf(t, copying, func(w http.ResponseWriter, _ *http.Request) {
		if served == 0 {
			kept = w
		}
		if busy && served == later {
			useStale(t, kept)
		}
		served++
		w.Write([]byte("mine"))
	})
	reused := alone(&h.chain)
	first := newAbleWriter()
	h.ServeHTTP(first, appRequest())
	for range later {
		w := newAbleWriter()
		if !copying {
			h.ServeHTTP(w, appRequest())
			w.status, w.sent = 200, w.header
		} else {
			h.ServeHTTP(w, appRequest())
		}
		checkUnharmed(t, w)
	}
	if writerOf(kept) != &reused.writer || served != later+1 {
		t.Fatal("the writer was not reused, so nothing is tested")
	}
	useStale(t, kept)
	if !slices.Contains(first.calls, "Write mine") || len(first.calls) > 2 {
		t.Errorf("the handler's own response got %q", first.calls)
	}
	if !h.chain.writers.kept.Load() {
		t.Error("it is not noticed that a handler keeps its writer")
	}
}

// The bound: a handle comes round after corsHandles requests with the same
// writer. A handler that has kept its own so long, and has not used it in
// between, cannot be told from the one whose turn it is. Handlers that do so need
// fresh writers.
func TestKeptWriterBound(t *testing.T) {
	var kept http.ResponseWriter
	for _, fresh := range []bool{false, true} {
		served := 0
		h := corsHandlerOf(t, true, func(w http.ResponseWriter, _ *http.Request) {
			if served == 0 {
				kept = w
			}
			if served == corsHandles {
				if _, err := kept.Write([]byte("other's")); (err == nil) == fresh {
					t.Errorf("fresh %t, after %d requests: %v", fresh, served, err)
				}
			}
			served++
		})
		h.policy.fresh = fresh
		alone(&h.chain)
		var last *ableWriter
		for range corsHandles + 1 {
			last = newAbleWriter()
			h.ServeHTTP(last, appRequest())
		}
		if reached := slices.Contains(last.calls, "Write other's"); reached == fresh {
			t.Errorf("fresh %t: %q", fresh, last.calls)
		}
	}
}

func TestFreshWritersHaveNoBound(t *testing.T) {
	var kept []http.ResponseWriter
	h := corsHandlerOf(t, true, func(w http.ResponseWriter, _ *http.Request) {
		kept = append(kept, w)
		w.Write([]byte("mine"))
	})
	h.policy.fresh = true
	for range 3 * corsHandles {
		w := newAbleWriter()
		h.ServeHTTP(w, appRequest())
		checkUnharmed(t, w)
	}
	for _, w := range kept {
		useStale(t, w)
	}
}

// Whoever uses a stale writer may do so again, at a distance that cannot be told:
// no writer is reused any more.
func TestNothingIsReusedAfterAStaleUse(t *testing.T) {
	for name, use := range uses {
		seen := map[*corsWriter]bool{}
		var last http.ResponseWriter
		h := corsHandlerOf(t, true, func(w http.ResponseWriter, _ *http.Request) {
			if seen[writerOf(w)] {
				t.Errorf("%s: a writer is reused", name)
			}
			seen[writerOf(w)] = true
			last = w
		})
		h.ServeHTTP(newAbleWriter(), appRequest())
		if err := use(last); !errors.Is(err, corsStale{}) {
			t.Error(name, err)
		}
		for range 10 {
			h.ServeHTTP(newAbleWriter(), appRequest())
		}
		if len(seen) != 11 {
			t.Error(name, len(seen))
		}
	}
}

// The handle is stale before the answer is completed in the handler's place, so
// that a late call does not meet with that.
func TestHandleIsStaleWhileTheAnswerIsCompleted(t *testing.T) {
	for _, fresh := range []bool{false, true} {
		var kept http.ResponseWriter
		h := corsHandlerOf(t, false, func(w http.ResponseWriter, _ *http.Request) { kept = w })
		h.policy.fresh = fresh
		w := httptest.NewRecorder()
		h.ServeHTTP(headerHook{w, func() {
			if kept == nil {
				return
			}
			if _, err := kept.Write([]byte("late")); !errors.Is(err, corsStale{}) {
				t.Error(err)
			}
		}}, appRequest())
		if got := outcomeOf(w.Code, w.Result().Header, false); !reflect.DeepEqual(got.CORS, appHeaders.CORS) || w.Body.Len() != 0 {
			t.Error(got, w.Body)
		}
	}
}

type headerHook struct {
	http.ResponseWriter
	hook func()
}

func (w headerHook) Header() http.Header { w.hook(); return w.ResponseWriter.Header() }

// TestKeptWritersOnServers has handlers that keep their writers, and others that
// use these while requests are served.
func TestKeptWritersOnServers(t *testing.T) {
	const rounds, clients, requests = 8, 4, 12
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			for range rounds {
				kept := make(chan http.ResponseWriter, clients*requests)
				h := middleware(t, appSettings)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					r.Context().Value(keepKey{}).(func(http.ResponseWriter))(w)
					useSome(t, kept)
					w.Header().Set("X-Id", r.URL.Path)
					io.WriteString(w, r.URL.Path)
				}))
				s := p.start(t, keepAfter(h, kept))
				var wait sync.WaitGroup
				for c := range clients {
					wait.Go(func() {
						for i := range requests {
							fetchOwn(t, s, fmt.Sprintf("/%d/%d", c, i))
						}
					})
				}
				wait.Wait()
				s.Close()
			}
		})
	}
}

type keepKey struct{}

// keepAfter publishes the writer that a handler has kept once it has returned.
func keepAfter(h http.Handler, kept chan<- http.ResponseWriter) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var mine http.ResponseWriter
		keep := func(w http.ResponseWriter) { mine = w }
		h.ServeHTTP(w, r.WithContext(withKeep(r.Context(), keep)))
		if r.URL.Path[len(r.URL.Path)-1] > '2' {
			kept <- mine
		}
	})
}

func useSome(t *testing.T, kept <-chan http.ResponseWriter) {
	select {
	case w := <-kept:
		for name, use := range uses {
			if !can(w, name) {
				continue
			}
			if err := use(w); !errors.Is(err, corsStale{}) {
				t.Errorf("%s: %v", name, err)
			}
		}
	default:
	}
}

// can reports whether w has the optional method that a use needs.
func can(w http.ResponseWriter, use string) bool {
	has := abilities(w)
	switch use {
	case "Flush":
		return has[0]
	case "Hijack":
		return has[1]
	case "ReadFrom":
		return has[2]
	case "Push":
		return has[3]
	}
	return true
}

func fetchOwn(t *testing.T, s *httptest.Server, path string) {
	r, _ := http.NewRequest("GET", s.URL+path, nil)
	r.Header.Set("Origin", appOrigin)
	response, err := s.Client().Do(r)
	if err != nil {
		t.Error(err)
		return
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	got := outcomeOf(response.StatusCode, response.Header, false)
	if err != nil || string(body) != path || response.Header.Get("X-Id") != path || response.Header.Get("X-Stale") != "" ||
		got.Status != 200 || !slices.Equal(got.CORS, appHeaders.CORS) {
		t.Errorf("%s got %q, %v, %v", path, body, err, response.Header)
	}
}
