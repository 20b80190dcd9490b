package verify_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/verify"
)

// hostile starts a server that writes to each connection what it likes, once it
// has read a request, and returns its address.
func hostile(t *testing.T, answer func(conn net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					answer(conn)
				}
			}()
		}
	}()
	return l.Addr().String()
}

// TestHostileServers demands that no answer makes a run hang, crash or grow.
func TestHostileServers(t *testing.T) {
	write := func(text string) func(net.Conn) {
		return func(conn net.Conn) { _, _ = io.WriteString(conn, text) }
	}
	endless := func(start, more string) func(net.Conn) {
		return func(conn net.Conn) {
			_, err := io.WriteString(conn, start)
			for ; err == nil; _, err = io.WriteString(conn, more) {
			}
		}
	}
	drip := func(start string) func(net.Conn) {
		return func(conn net.Conn) {
			_, err := io.WriteString(conn, start)
			for ; err == nil; _, err = io.WriteString(conn, "a") {
				time.Sleep(50 * time.Millisecond)
			}
		}
	}
	lines := strings.Repeat("Access-Control-Allow-Origin: https://app.example.com\r\n", 1000)
	tests := []struct {
		name   string
		answer func(net.Conn)
		usable bool
	}{
		{"closes", func(net.Conn) {}, false},
		{"garbage", write("\x16\x03\x01\x02\x00\x01\x00garbage\r\n\r\n"), false},
		{"no HTTP version", write("200 OK\r\n\r\n"), false},
		{"an endless status line", endless("HTTP/1.1 200 ", "aaaaaaaaaaaaaaaa"), false},
		{"endless headers", endless("HTTP/1.1 200 OK\r\n", "A: aaaaaaaaaaaaaaaaaaaaaaaa\r\n"), false},
		{"endless informational answers", endless("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), false},
		{"a header byte by byte", drip("HTTP/1.1 200 OK\r\nA: "), false},
		{"silence", func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }, false},
		{"both lengths", write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\naa"), false},
		{"a body that is too short", write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\na"), false},
		{"an endless body", endless("HTTP/1.1 200 OK\r\n\r\n", strings.Repeat("a", 1000)), true},
		{"a thousand headers", write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + lines + "\r\n"), true},
		{"switches protocols", drip("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"), true},
		{"odd bytes", write("HTTP/1.1 999 \xff\r\nContent-Length: 0\r\nAccess-Control-Allow-Origin: \xff, '; rm -rf /'\r\nVary: \x9b,,,\r\n\r\n"), true},
		{"a long value", write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nAccess-Control-Allow-Methods: " + strings.Repeat("A,", 20000) + "\r\n\r\n"), true},
	}
	v := variant(t, app)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			at := target(t, "http://"+hostile(t, test.answer)+"/", v)
			at.Timeout = 300 * time.Millisecond
			start := time.Now()
			r, err := verify.Run(context.Background(), at)
			if (err == nil) != test.usable {
				t.Errorf("the error is %v", err)
			}
			if took := time.Since(start); took > 100*at.Timeout {
				t.Errorf("that took %v", took)
			}
			if err != nil {
				return
			}
			for _, d := range r.Findings {
				if len(d.Detail)+len(d.Command) > 4000 {
					t.Errorf("a finding of %d bytes: %s", len(d.Detail), d.Detail[:300])
				}
			}
		})
	}
}

// TestGivesUp demands that a run ends when the server stops to answer.
func TestGivesUp(t *testing.T) {
	v := variant(t, app)
	var requests atomic.Int32
	h := right(v, things)
	r := ask(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) > 5 {
			hangUp(w, r)
		}
		h(w, r)
	}), v)
	if got := codes(r); len(got) == 0 || got[len(got)-1] != "C714" {
		t.Errorf("codes %v", got)
	}
	if r.Requests != 8 {
		t.Errorf("%d requests were sent", r.Requests)
	}
}

// TestFollowsNoRedirect demands that nobody but the server that was named is
// asked, not through a proxy either.
func TestFollowsNoRedirect(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("another server was asked")
	}))
	defer other.Close()
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, other.URL)
	}
	v := variant(t, app)
	r := ask(t, http.RedirectHandler(other.URL, http.StatusTemporaryRedirect), v)
	if r.Status != http.StatusTemporaryRedirect || r.Location != other.URL {
		t.Errorf("the answer is %d to %s", r.Status, r.Location)
	}
	r = ask(t, http.RedirectHandler("/things", http.StatusFound), v)
	if r.Requests > verify.MaxRequests {
		t.Errorf("%d requests were sent", r.Requests)
	}
}

func TestCertificates(t *testing.T) {
	v := variant(t, app)
	server := httptest.NewUnstartedServer(right(v, things))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	at := target(t, server.URL+"/things", v)
	if _, err := verify.Run(context.Background(), at); err == nil || !strings.Contains(err.Error(), "--insecure") {
		t.Errorf("the error is %v", err)
	}
	at.Insecure = true
	r, err := verify.Run(context.Background(), at)
	if err != nil || len(r.Findings) > 0 {
		t.Error(err, r)
	}
	at = target(t, strings.Replace(server.URL, "https", "http", 1)+"/things", v)
	if r, err := verify.Run(context.Background(), at); err == nil && len(r.Findings) == 0 {
		t.Error("a server of another protocol is right")
	}
	at = target(t, "https://"+hostile(t, func(net.Conn) {})+"/", v)
	at.Insecure = true
	if _, err := verify.Run(context.Background(), at); err == nil {
		t.Error("a server without TLS is right")
	}
}

// TestHeaders demands that the headers of a target go with every request but
// preflights, and show up nowhere.
func TestHeaders(t *testing.T) {
	const token = "s3cret-$(id)'\"token"
	v := variant(t, app)
	h := right(v, things)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); (got == "Bearer "+token) == (r.Method == "OPTIONS") {
			t.Errorf("%s has Authorization: %q", r.Method, got)
		}
		for _, name := range []string{"Access-Control-Allow-Methods", "Access-Control-Expose-Headers", "ETag", "Location"} {
			w.Header().Set(name, fmt.Sprintf(`"%s %s"`, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), r.Header.Get("Authorization")))
		}
		h(w, r)
	}))
	defer server.Close()
	at := target(t, server.URL+"/things", v)
	at.Headers = []eval.Field{{Name: "Authorization", Value: "Bearer " + token}}
	r, err := verify.Run(context.Background(), at)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings) == 0 {
		t.Error("there is no finding")
	}
	if text := fmt.Sprintf("%+v", r); strings.Contains(text, "s3cret") {
		t.Errorf("the token is shown: %s", text)
	}
}
