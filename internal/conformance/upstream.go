package conformance

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/corsgen/corsgen/internal/golden"
)

// exchangeField names the request field that tells the upstream which answer is
// wanted of it.
const exchangeField = "X-Corsgen-Exchange"

// Upstream is a server behind the servers under test that answers as it is told.
// It is safe for concurrent use.
type Upstream struct {
	Addr string

	mu      sync.Mutex
	answers map[string]*golden.Response
	reached map[string]int
}

// StartUpstream starts an Upstream for the duration of the test.
func StartUpstream(tb testing.TB) *Upstream {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	u := &Upstream{Addr: l.Addr().String(), answers: map[string]*golden.Response{}, reached: map[string]int{}}
	tb.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go u.serve(conn)
		}
	}()
	return u
}

func (u *Upstream) expect(id string, answer *golden.Response) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.answers[id] = answer
}

// forget frees what is kept of an exchange.
func (u *Upstream) forget(id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.answers, id)
	delete(u.reached, id)
}

func (u *Upstream) hits(id string) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.reached[id]
}

// serve answers one request and closes the connection.
func (u *Upstream) serve(conn net.Conn) {
	defer conn.Close()
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	id := request.Header.Get(exchangeField)
	u.mu.Lock()
	u.reached[id]++
	answer := u.answers[id]
	u.mu.Unlock()
	if answer == nil {
		answer = &golden.Response{Status: 200}
	}
	if answer.Status != 0 {
		fmt.Fprint(conn, answerText(request.Method, answer))
	}
}

func answerText(method string, answer *golden.Response) string {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\nConnection: close\r\n", answer.Status, http.StatusText(answer.Status))
	for _, f := range answer.Fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, f.Value)
	}
	body := "the upstream\n"
	if answer.Status == 204 || answer.Status == 304 {
		return b.String() + "\r\n"
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", len(body))
	if method != "HEAD" {
		b.WriteString(body)
	}
	return b.String()
}
