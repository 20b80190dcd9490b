package golang

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// A call that is still running when the handler returns ends in its own response,
// and its writer serves no other.
func TestRunningCalls(t *testing.T) {
	for _, name := range []string{"Write", "WriteString", "Copy", "Flush", "FlushError", "Push", "CloseNotify", "Hijack"} {
		t.Run(name, func(t *testing.T) {
			blocked, release, done := make(chan bool), make(chan bool), make(chan bool)
			var first *corsWriter
			h := corsHandlerOf(t, true, func(w http.ResponseWriter, r *http.Request) {
				if first != nil {
					if writerOf(w) == first {
						t.Error("the writer is reused")
					}
					w.Write([]byte("mine"))
					return
				}
				first = writerOf(w)
				go func() {
					defer close(done)
					_ = uses[name](w)
				}()
				<-blocked
			})
			w := newAbleWriter()
			w.before = func(call string) {
				if !strings.HasPrefix(call, "WriteHeader") {
					blocked <- true
					<-release
				}
			}
			h.ServeHTTP(w, appRequest())
			for i := range 4 {
				if i == 2 {
					w.before = nil
					close(release)
					<-done
				}
				other := newAbleWriter()
				h.ServeHTTP(other, appRequest())
				checkUnharmed(t, other)
			}
			if len(w.calls) == 0 {
				t.Error("the call did not end in its own response")
			}
		})
	}
}

// A writer is not used again if its handler has panicked, or has left a call by a
// panic, or has taken the connection.
func TestWritersThatAreNotReused(t *testing.T) {
	bad := map[string]func(w http.ResponseWriter){
		"panic":             func(http.ResponseWriter) { panic("oh") },
		"abort":             func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		"panic after write": func(w http.ResponseWriter) { w.Write([]byte("half")); panic("oh") },
		"exit":              func(http.ResponseWriter) { runtime.Goexit() },
		"panic in a call": func(w http.ResponseWriter) {
			defer func() { _ = recover() }()
			io.Copy(w, panicReader{})
		},
		"hijack":               func(w http.ResponseWriter) { _, _, _ = w.(http.Hijacker).Hijack() },
		"hijack by controller": func(w http.ResponseWriter) { _, _, _ = http.NewResponseController(w).Hijack() },
	}
	for name, bad := range bad {
		t.Run(name, func(t *testing.T) {
			var first *corsWriter
			h := corsHandlerOf(t, true, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case first == nil:
					first = writerOf(w)
					bad(w)
				case first == writerOf(w):
					t.Error("the writer is reused")
				default:
					w.Write([]byte("mine"))
				}
			})
			var wait sync.WaitGroup
			wait.Go(func() {
				defer func() { _ = recover() }()
				h.ServeHTTP(newAbleWriter(), appRequest())
			})
			wait.Wait()
			for range 5 {
				w := newAbleWriter()
				h.ServeHTTP(w, appRequest())
				checkUnharmed(t, w)
			}
		})
	}
}

type panicReader struct{}

func (panicReader) Read([]byte) (int, error) { panic("oh") }

// countingWriter counts the writes of its own request and of others.
type countingWriter struct {
	header       http.Header
	id           string
	own, foreign *atomic.Int32
}

func (w *countingWriter) Header() http.Header { return w.header }
func (w *countingWriter) WriteHeader(int)     {}

func (w *countingWriter) Write(p []byte) (int, error) {
	if string(p) == w.id {
		w.own.Add(1)
	} else {
		w.foreign.Add(1)
	}
	return len(p), nil
}

// A goroutine that writes while its handler returns reaches its own response or
// nobody.
func TestCallsBesideTheReturn(t *testing.T) {
	if poolsDrop() {
		t.Skip("this is a data race of the handler's, and the race detector says so")
	}
	var own, foreign, refused atomic.Int32
	for range 200 { // a stale use ends the reuse
		h := corsHandlerOf(t, false, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(200)
			writes := make(chan bool)
			go func() {
				for i := range 20 {
					if _, err := io.WriteString(w, r.Method); err != nil {
						refused.Add(1)
					}
					if i == 0 {
						close(writes)
					}
				}
			}()
			<-writes
		})
		var wait sync.WaitGroup
		for client := range 4 {
			wait.Go(func() {
				for i := range 20 {
					id := fmt.Sprint("request ", client, i)
					h.ServeHTTP(&countingWriter{http.Header{}, id, &own, &foreign}, request(id, http.Header{"Origin": {appOrigin}}))
				}
			})
		}
		wait.Wait()
	}
	if own.Load() == 0 || refused.Load() == 0 || foreign.Load() != 0 {
		t.Errorf("%d writes reached their own response, %d nobody, %d another", own.Load(), refused.Load(), foreign.Load())
	}
}
