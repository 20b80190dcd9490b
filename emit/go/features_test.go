package golang

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// features are what handlers do with their writer, beside writing. Each returns
// what it has seen, which must be the same with the policy as without it.
var features = map[string]func(w http.ResponseWriter, r *http.Request) []any{
	"statuses": func(w http.ResponseWriter, _ *http.Request) []any {
		w.WriteHeader(202)
		w.WriteHeader(500)
		w.WriteHeader(103)
		return nil
	},
	"informational": func(w http.ResponseWriter, _ *http.Request) []any {
		w.Header().Set("Link", "</a.css>")
		w.WriteHeader(103)
		w.WriteHeader(102)
		w.Header().Del("Link")
		return count2(io.WriteString(w, "x"))
	},
	"status 0":    func(w http.ResponseWriter, _ *http.Request) []any { return panicOf(func() { w.WriteHeader(0) }) },
	"status 99":   func(w http.ResponseWriter, _ *http.Request) []any { return panicOf(func() { w.WriteHeader(99) }) },
	"status 1000": func(w http.ResponseWriter, _ *http.Request) []any { return panicOf(func() { w.WriteHeader(1000) }) },
	"status -1":   func(w http.ResponseWriter, _ *http.Request) []any { return panicOf(func() { w.WriteHeader(-1) }) },
	"status 0, then an answer": func(w http.ResponseWriter, _ *http.Request) []any {
		seen := panicOf(func() { w.WriteHeader(0) })
		w.WriteHeader(404)
		return seen
	},
	"status 999": func(w http.ResponseWriter, _ *http.Request) []any { w.WriteHeader(999); return nil },
	"no body allowed": func(w http.ResponseWriter, _ *http.Request) []any {
		w.WriteHeader(204)
		return append(count2(w.Write([]byte("x"))), count2(io.Copy(w, strings.NewReader("x")))...)
	},
	"too long": func(w http.ResponseWriter, _ *http.Request) []any {
		w.Header().Set("Content-Length", "2")
		return append(count2(w.Write([]byte("ab"))), count2(w.Write([]byte("c")))...)
	},
	"trailers": func(w http.ResponseWriter, _ *http.Request) []any {
		w.Header().Add("Trailer", "X-Sum, X-End")
		w.Header().Add("Trailer", "X-More")
		seen := count2(io.WriteString(w, "hello"))
		w.Header().Set("X-Sum", "42")
		w.Header()["X-More"] = []string{"a", "b"}
		return seen
	},
	"trailers by prefix": func(w http.ResponseWriter, _ *http.Request) []any {
		seen := count2(io.WriteString(w, "hello"))
		err := http.NewResponseController(w).Flush()
		w.Header().Set(http.TrailerPrefix+"X-Late", "1")
		return append(seen, err)
	},
	"flush": func(w http.ResponseWriter, _ *http.Request) []any {
		_, ok := w.(http.Flusher)
		return []any{ok, http.NewResponseController(w).Flush()}
	},
	"read deadline": func(w http.ResponseWriter, r *http.Request) []any {
		seen := []any{http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0))}
		if r.ProtoMajor == 2 {
			return seen // the body may be there already
		}
		_, err := io.ReadAll(r.Body)
		return append(seen, errors.Is(err, os.ErrDeadlineExceeded))
	},
	"write deadline": func(w http.ResponseWriter, r *http.Request) []any {
		c := http.NewResponseController(w)
		seen := []any{c.SetWriteDeadline(time.Unix(1, 0))}
		_, _ = w.Write(make([]byte, 100_000))
		return append(seen, c.Flush() != nil)
	},
	"full duplex": func(w http.ResponseWriter, r *http.Request) []any {
		c := http.NewResponseController(w)
		seen := []any{c.EnableFullDuplex()}
		seen = append(seen, count2(io.WriteString(w, "first"))...)
		seen = append(seen, c.Flush())
		return append(seen, count2(io.Copy(io.Discard, r.Body))...)
	},
	"push": func(w http.ResponseWriter, _ *http.Request) []any {
		p, ok := w.(http.Pusher)
		if !ok {
			return []any{false}
		}
		return []any{p.Push("/a.css", nil), p.Push("no path", nil), p.Push("/", &http.PushOptions{Method: "POST"})}
	},
	"hijack where it cannot": func(w http.ResponseWriter, r *http.Request) []any {
		_, ok := w.(http.Hijacker)
		if r.ProtoMajor == 1 {
			return []any{ok}
		}
		_, _, err := http.NewResponseController(w).Hijack()
		return []any{ok, errors.Is(err, errors.ErrUnsupported)}
	},
	"close notify": func(w http.ResponseWriter, _ *http.Request) []any {
		return []any{len(w.(interface{ CloseNotify() <-chan bool }).CloseNotify())}
	},
	"limited body": func(w http.ResponseWriter, r *http.Request) []any {
		_, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1000))
		var tooLarge *http.MaxBytesError
		seen := []any{errors.As(err, &tooLarge)}
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return seen
	},
	"unread body": func(w http.ResponseWriter, r *http.Request) []any { w.WriteHeader(400); return nil },
	"abort":       func(http.ResponseWriter, *http.Request) []any { panic(http.ErrAbortHandler) },
	"abort after a flush": func(w http.ResponseWriter, _ *http.Request) []any {
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	},
	"file": func(w http.ResponseWriter, r *http.Request) []any {
		http.ServeFile(w, r, "runtime_writer.go")
		return nil
	},
	"range of a file": func(w http.ResponseWriter, r *http.Request) []any {
		r.Header.Set("Range", "bytes=10-2000")
		http.ServeFile(w, r, "runtime_writer.go")
		return nil
	},
	"copies": func(w http.ResponseWriter, _ *http.Request) []any {
		seen := count2(io.Copy(w, strings.NewReader("string ")))
		seen = append(seen, count2(io.Copy(w, letters(3000)))...)
		seen = append(seen, count2(io.CopyN(w, letters(9), 2))...)
		return append(seen, count2(io.Copy(w, bytes.NewBufferString("buffer")))...)
	},
	"broken copy": func(w http.ResponseWriter, _ *http.Request) []any {
		return count2(io.Copy(w, io.MultiReader(letters(2000), iotestErrReader{})))
	},
}

func letters(n int) io.Reader {
	return io.LimitReader(strings.NewReader(strings.Repeat("ab", n)), int64(n))
}

func count2[N int | int64](n N, err error) []any { return []any{n, err} }

func panicOf(f func()) (seen []any) {
	defer func() { seen = []any{recover()} }()
	f()
	return nil
}

// transcript is what both ends have seen of a request.
type transcript struct {
	handler  string
	status   int
	body     string
	header   http.Header
	trailer  http.Header
	err      bool // of the request
	bodyErr  bool
	protocol int
}

// TestFeatures compares what handlers can do with the policy and without it.
func TestFeatures(t *testing.T) {
	policy := middleware(t, appSettings)
	bare := func(h http.Handler) http.Handler { return h }
	fresh := variant(t, appSettings)
	freshly := func(h http.Handler) http.Handler {
		p := live(&fresh)
		p.fresh = true
		return p.handler(h)
	}
	for _, p := range protocols {
		for name, feature := range features {
			t.Run(p.name+"/"+name, func(t *testing.T) {
				want := record(t, p.start, bare, feature)
				for _, with := range []func(http.Handler) http.Handler{policy, freshly} {
					got := record(t, p.start, with, feature)
					if !got.err {
						if d := cmp.Diff(appHeaders.CORS, outcomeOf(0, got.header, false).CORS); d != "" {
							t.Error(d)
						}
						withoutCORS(got.header)
					}
					if name == "limited body" { // the exception that the documentation names
						delete(want.header, "Connection")
					}
					if d := cmp.Diff(want, got, cmp.AllowUnexported(transcript{})); d != "" {
						t.Errorf("without the policy (-), with it (+):\n%s", d)
					}
				}
			})
		}
	}
}

func withoutCORS(h http.Header) {
	for key := range h {
		if corsIsOwned(key) || key == "Vary" {
			delete(h, key)
		}
	}
}

func record(t *testing.T, start func(testing.TB, http.Handler) *httptest.Server, policy func(http.Handler) http.Handler,
	feature func(w http.ResponseWriter, r *http.Request) []any,
) transcript {
	t.Helper()
	seen := make(chan string, 1)
	s := start(t, policy(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		said := "panic"
		defer func() { seen <- said }()
		said = fmt.Sprint(feature(w, r)...)
	})))
	defer s.Close()
	r, _ := http.NewRequest("POST", s.URL, strings.NewReader(strings.Repeat("x", 20_000)))
	r.Header.Set("Origin", appOrigin)
	response, err := s.Client().Do(r)
	got := transcript{handler: <-seen, err: err != nil}
	if err != nil {
		return got
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	got.status, got.body, got.bodyErr = response.StatusCode, string(body), err != nil
	got.header, got.trailer, got.protocol = response.Header, response.Trailer, response.ProtoMajor
	got.header.Del("Date")
	return got
}

// What net/http's writers can do, by assertion or not, is what a handler finds with
// a policy. The exceptions are those that the documentation names.
func TestMethodsAreThoseOfServers(t *testing.T) {
	reachedByUnwrap := []string{"EnableFullDuplex", "SetReadDeadline", "SetWriteDeadline"}
	added := map[string][]string{"HTTP1": {"Unwrap"}, "HTTP2": {"Unwrap"}, "unencrypted HTTP2": {"Unwrap"}}
	for _, p := range protocols {
		methods := make(chan []string, 2)
		list := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { methods <- methodsOf(w) })
		get(t, p.start(t, list), "GET", "/")
		get(t, p.start(t, middleware(t, appSettings)(list)), "GET", "/")
		server, ours := <-methods, <-methods
		if d := cmp.Diff(reachedByUnwrap, without(server, ours)); d != "" {
			t.Errorf("%s: lost: %s", p.name, d)
		}
		if d := cmp.Diff(added[p.name], without(ours, server)); d != "" {
			t.Errorf("%s: added: %s", p.name, d)
		}
	}
}

func methodsOf(w http.ResponseWriter) []string {
	var names []string
	for i := range reflect.TypeOf(w).NumMethod() {
		names = append(names, reflect.TypeOf(w).Method(i).Name)
	}
	return names
}

func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}
