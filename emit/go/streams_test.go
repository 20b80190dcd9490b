package golang

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Events reach the client while the handler runs, and the handler notices that the
// client has gone.
func TestServerSentEvents(t *testing.T) {
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			next, gone := make(chan bool), make(chan bool)
			s := p.start(t, middleware(t, appSettings)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				upstreamCORS(w.Header())
				w.Header().Set("Content-Type", "text/event-stream")
				for i := 0; ; i++ {
					fmt.Fprintf(w, "data: %d\n", i)
					w.(http.Flusher).Flush()
					select {
					case <-next:
					case <-r.Context().Done():
						close(gone)
						return
					}
				}
			})))
			r, _ := http.NewRequest("GET", s.URL, nil)
			r.Header.Set("Origin", appOrigin)
			response, err := s.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(appHeaders.CORS, outcomeOf(200, response.Header, false).CORS); d != "" {
				t.Error(d)
			}
			lines := bufio.NewScanner(response.Body)
			for i := range 3 {
				if !lines.Scan() || lines.Text() != fmt.Sprintf("data: %d", i) {
					t.Fatal(lines.Text(), lines.Err())
				}
				if i < 2 {
					next <- true
				}
			}
			response.Body.Close()
			<-gone
		})
	}
}

// The server says 100 Continue if the handler reads the body, and only then.
func TestExpectContinue(t *testing.T) {
	for _, read := range []bool{false, true} {
		s := start(t, false, middleware(t, appSettings)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if read {
				_, _ = io.ReadAll(r.Body)
			}
			w.WriteHeader(201)
		})))
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nOrigin: %s\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n", appOrigin)
		if read {
			io.WriteString(conn, "ab")
		}
		answer, _ := io.ReadAll(conn)
		want := "HTTP/1.1 201 Created\r\n"
		if read {
			want = "HTTP/1.1 100 Continue\r\n\r\n" + want
		}
		if !strings.HasPrefix(string(answer), want) || !strings.Contains(string(answer), "Access-Control-Allow-Origin: "+appOrigin) {
			t.Errorf("%q, want %q", answer, want)
		}
	}
}

// An upstream with a CORS policy of its own does not get through, but what it says
// of Vary does.
func TestProxyOfUpstreamWithCORS(t *testing.T) {
	for _, p := range protocols {
		backend := p.start(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			upstreamCORS(w.Header())
			w.Header().Set("Access-Control-Allow-Credentials", "maybe")
			w.Header()["Vary"] = []string{"Accept-Encoding, origin", "Cookie"}
			w.WriteHeader(103)
			w.WriteHeader(418)
		}))
		target, _ := url.Parse(backend.URL)
		proxy := httputil.NewSingleHostReverseProxy(target)
		proxy.Transport = backend.Client().Transport
		response := get(t, p.start(t, middleware(t, appSettings)(proxy)), "GET", "/")
		want := outcome{Status: 418, CORS: appHeaders.CORS, Vary: []string{"accept-encoding", "cookie", "origin"}}
		if d := cmp.Diff(want, outcomeOf(response.StatusCode, response.Header, false)); d != "" {
			t.Error(p.name, d)
		}
		if vary := response.Header["Vary"]; len(vary) != 1 {
			t.Errorf("%q", vary)
		}
	}
}

// A proxy whose upstream is dead answers by the policy.
func TestProxyOfDeadUpstream(t *testing.T) {
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: "127.0.0.1:1"})
	proxy.ErrorLog = quiet
	response := get(t, start(t, false, middleware(t, appSettings)(proxy)), "GET", "/")
	if got := outcomeOf(response.StatusCode, response.Header, false); got.Status != 502 || !slices.Equal(got.CORS, appHeaders.CORS) {
		t.Error(got)
	}
}

// spyListener hands out connections that tell what they are asked to read from:
// that of a file is sendfile.
type spyListener struct {
	net.Listener
	sources chan string
}

func (l spyListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &spyConn{conn.(*net.TCPConn), l.sources}, nil
}

type spyConn struct {
	*net.TCPConn
	sources chan string
}

func (c *spyConn) ReadFrom(src io.Reader) (int64, error) {
	source := reflect.TypeOf(src).String()
	if l, ok := src.(*io.LimitedReader); ok {
		source += " of " + reflect.TypeOf(l.R).String()
	}
	c.sources <- source
	return c.TCPConn.ReadFrom(src)
}

// Files go from the disk to the network inside the kernel.
func TestSendfile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	content := strings.Repeat("0123456789", 100_000)
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	ways := map[string]http.HandlerFunc{
		"ServeFile": func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) },
		"Copy": func(w http.ResponseWriter, _ *http.Request) {
			f, err := os.Open(path)
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			_, _ = io.Copy(w, f)
		},
	}
	for name, way := range ways {
		want := sourceOf(t, way, content)
		if got := sourceOf(t, middleware(t, appSettings)(way), content); got != want || !strings.Contains(got, "os.") {
			t.Errorf("%s: the connection reads from %s; without the policy from %s", name, got, want)
		}
	}
}

func sourceOf(t *testing.T, h http.Handler, content string) string {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	sources := make(chan string, 1)
	s.Listener = spyListener{s.Listener, sources}
	s.Start()
	defer s.Close()
	if body(get(t, s, "GET", "/")) != content {
		t.Error("the file is damaged")
	}
	select {
	case source := <-sources:
		return source
	default:
		return "nothing"
	}
}

// Sending a file takes no more memory than without the policy.
func TestAllocsOfFiles(t *testing.T) {
	file := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "runtime_writer.go") })
	r := handRequests["actual"]
	ours, hand := start(t, false, middleware(t, handSettings)(file)), start(t, false, byHand(file))
	serverCost(t, ours, r).minus(serverCost(t, hand, r)).check(t, 0.1, 8)
}

// The answer to a panic, of whoever recovers, is the policy's, on each protocol and
// wherever the handler was.
func TestRecoveredPanics(t *testing.T) {
	panics := map[string]func(w http.ResponseWriter){
		"at once":     func(http.ResponseWriter) { panic("oh") },
		"in a status": func(w http.ResponseWriter) { w.WriteHeader(1000) },
		"in a copy":   func(w http.ResponseWriter) { _, _ = io.Copy(w, panicReader{}) },
	}
	policy := middleware(t, appSettings)
	for _, p := range protocols {
		for name, f := range panics {
			s := p.start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer func() {
					if recover() == nil {
						t.Error(name, "the panic is swallowed")
					}
					w.WriteHeader(500)
				}()
				policy(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					upstreamCORS(w.Header())
					f(w)
				})).ServeHTTP(w, r)
			}))
			for range 2 {
				response := get(t, s, "GET", "/")
				if got := outcomeOf(response.StatusCode, response.Header, false); got.Status != 500 || !slices.Equal(got.CORS, appHeaders.CORS) {
					t.Error(p.name, name, got)
				}
			}
		}
	}
}

// A handler that took the connection may use it, and its writer's headers, as long
// as it likes, beside other requests.
func TestHijackedConnectionLivesOn(t *testing.T) {
	var wait sync.WaitGroup
	h := middleware(t, appSettings)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			io.WriteString(w, "plain")
			return
		}
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		wait.Go(func() {
			defer conn.Close()
			for range 50 {
				w.Header().Set("X-Mine", "1")
				if _, err := w.Write([]byte("x")); err == nil {
					t.Error("net/http takes a body for a hijacked connection")
				}
			}
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
		})
	}))
	s := start(t, false, h)
	for range 10 {
		wait.Go(func() {
			if got := send(t, s, "GET", "/", "Origin", appOrigin); !slices.Equal(got.CORS, appHeaders.CORS) {
				t.Error(got)
			}
		})
		if got := get(t, s, "GET", "/hijack"); got.StatusCode != 200 || body(got) != "ok" {
			t.Error(got)
		}
	}
	wait.Wait()
	if h.(*corsHandler).chain.writers.kept.Load() {
		t.Error("it is taken for a handler that keeps its writer")
	}
}
