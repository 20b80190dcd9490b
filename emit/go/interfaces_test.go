package golang

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

// plainWriter can do nothing beyond http.ResponseWriter; the others add one
// interface each.
type (
	plainWriter struct{ http.ResponseWriter }
	flusher     struct{}
	hijacker    struct{}
	readerFrom  struct{}
	pusher      struct{}
)

func (flusher) Flush()                                        {}
func (hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) { return nil, nil, errors.New("not now") }
func (readerFrom) ReadFrom(r io.Reader) (int64, error)        { return io.Copy(io.Discard, r) }
func (pusher) Push(string, *http.PushOptions) error           { return nil }

func TestInterfacesAreThoseOfTheWriter(t *testing.T) {
	base := plainWriter{httptest.NewRecorder()}
	writers := []http.ResponseWriter{
		base,
		struct {
			plainWriter
			flusher
		}{base, flusher{}},
		struct {
			plainWriter
			hijacker
		}{base, hijacker{}},
		struct {
			plainWriter
			flusher
			hijacker
		}{base, flusher{}, hijacker{}},
		struct {
			plainWriter
			readerFrom
		}{base, readerFrom{}},
		struct {
			plainWriter
			flusher
			readerFrom
		}{base, flusher{}, readerFrom{}},
		struct {
			plainWriter
			hijacker
			readerFrom
		}{base, hijacker{}, readerFrom{}},
		struct {
			plainWriter
			flusher
			hijacker
			readerFrom
		}{base, flusher{}, hijacker{}, readerFrom{}},
		struct {
			plainWriter
			pusher
		}{base, pusher{}},
		struct {
			plainWriter
			flusher
			pusher
		}{base, flusher{}, pusher{}},
		struct {
			plainWriter
			hijacker
			pusher
		}{base, hijacker{}, pusher{}},
		struct {
			plainWriter
			flusher
			hijacker
			pusher
		}{base, flusher{}, hijacker{}, pusher{}},
		struct {
			plainWriter
			readerFrom
			pusher
		}{base, readerFrom{}, pusher{}},
		struct {
			plainWriter
			flusher
			readerFrom
			pusher
		}{base, flusher{}, readerFrom{}, pusher{}},
		struct {
			plainWriter
			hijacker
			readerFrom
			pusher
		}{base, hijacker{}, readerFrom{}, pusher{}},
		struct {
			plainWriter
			flusher
			hijacker
			readerFrom
			pusher
		}{base, flusher{}, hijacker{}, readerFrom{}, pusher{}},
	}
	policy := middleware(t, appSettings)
	for i, outer := range writers {
		ran := false
		policy(http.HandlerFunc(func(inner http.ResponseWriter, _ *http.Request) {
			ran = true
			if got, want := abilities(inner), abilities(outer); got != want || want != [4]bool{i&1 != 0, i&2 != 0, i&4 != 0, i&8 != 0} {
				t.Errorf("%d: the handler's writer can %v, the server's %v", i, got, want)
			}
			use(t, inner)
		})).ServeHTTP(outer, httptest.NewRequest("GET", "/", nil))
		if !ran {
			t.Error(i)
		}
	}
}

func abilities(w http.ResponseWriter) [4]bool {
	_, f := w.(http.Flusher)
	_, h := w.(http.Hijacker)
	_, r := w.(io.ReaderFrom)
	_, p := w.(http.Pusher)
	return [4]bool{f, h, r, p}
}

// use calls whatever w can do.
func use(t *testing.T, w http.ResponseWriter) {
	t.Helper()
	if h, ok := w.(http.Hijacker); ok {
		if _, _, err := h.Hijack(); err == nil {
			t.Error("the error of Hijack is lost")
		}
	}
	if p, ok := w.(http.Pusher); ok && p.Push("/a.css", nil) != nil {
		t.Error("Push")
	}
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	if r, ok := w.(io.ReaderFrom); ok {
		if n, err := r.ReadFrom(io.LimitReader(zeros{}, 2000)); n != 2000 || err != nil {
			t.Error(n, err)
		}
	}
	if w.Header().Get("Vary") != "Origin" && abilities(w) != [4]bool{} {
		if f, r := abilities(w)[0], abilities(w)[2]; f || r {
			t.Error("not applied", w.Header())
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A flush that the server cannot do is no commitment: the handler may still
// answer, and its answer is the policy's.
func TestUnsupportedFlush(t *testing.T) {
	w := httptest.NewRecorder()
	middleware(t, appSettings)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := http.NewResponseController(w).Flush(); !errors.Is(err, errors.ErrUnsupported) {
			t.Error(err)
		}
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.WriteHeader(404)
	})).ServeHTTP(plainWriter{w}, httptest.NewRequest("GET", "/", nil))
	if got := w.Result().Header.Values("Access-Control-Allow-Origin"); len(got) != 0 {
		t.Error(got)
	}
}

func TestCloseNotifier(t *testing.T) {
	middleware(t, appSettings)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		select {
		case <-w.(interface{ CloseNotify() <-chan bool }).CloseNotify():
			t.Error("closed")
		default:
		}
	})).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
}
