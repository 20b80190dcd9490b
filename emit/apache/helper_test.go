package apache_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/apache"
	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/policy"
)

// settings are the attributes of a policy block.
type settings struct {
	origins, methods, headers, expose []string
	credentials, gate                 bool
	maxAge                            int // -1: not set
	status                            int
}

// full is a policy that uses everything but wildcards.
var full = settings{
	origins: []string{"https://app.example.com", "https://admin.example.com"},
	methods: []string{"GET", "PUT", "DELETE"}, headers: []string{"Content-Type", "X-A"}, expose: []string{"X-One", "X-Two"},
	credentials: true, maxAge: 600, status: 204,
}

// compiled returns a program of one policy, app.
func compiled(tb testing.TB, s settings) *ir.Program {
	tb.Helper()
	p, diags := compile.Program(&policy.Program{Sources: []string{"cors.hcl"}, Policies: []policy.Policy{{
		Name: "app", Settings: s.policy(tb), Range: diag.Range{File: "cors.hcl", Start: diag.Pos{Line: 3}},
	}}})
	if diags.HasErrors() {
		tb.Fatalf("compile: %v", diags)
	}
	return p
}

func (s settings) policy(tb testing.TB) policy.Settings {
	tb.Helper()
	return policy.Settings{
		AllowOrigins:     conformance.Origins(tb, s.origins),
		AllowMethods:     conformance.Items(s.methods),
		AllowHeaders:     conformance.Items(s.headers),
		ExposeHeaders:    conformance.Items(s.expose),
		AllowCredentials: conformance.Set(s.credentials),
		MaxAge:           policy.Attr[int]{Value: s.maxAge, Set: s.maxAge >= 0},
		PreflightStatus:  conformance.Set(s.status),
		OriginGate:       conformance.Set(s.gate),
	}
}

// printed returns the file of the only policy of p.
func printed(tb testing.TB, p *ir.Program) string {
	tb.Helper()
	files, diags := apache.Emit(p, emit.Options{})
	if diags.HasErrors() {
		tb.Fatalf("Emit: %v", diags)
	}
	return string(files[len(files)-1].Content)
}

// reply is what a server answers.
type reply struct {
	status int
	header http.Header
	body   string
}

// client is a connection to a server.
type client struct {
	conn   net.Conn
	reader *bufio.Reader
}

func dial(tb testing.TB, addr string) *client {
	tb.Helper()
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { conn.Close() })
	return &client{conn, bufio.NewReader(conn)}
}

// ask sends a request with the given field lines and reads the reply.
func (c *client) ask(tb testing.TB, method, target string, lines ...string) reply {
	tb.Helper()
	_ = c.conn.SetDeadline(time.Now().Add(10 * time.Second))
	fields := strings.Join(append([]string{"Host: localhost"}, lines...), "\r\n")
	fmt.Fprintf(c.conn, "%s %s HTTP/1.1\r\n%s\r\n\r\n", method, target, fields)
	response, err := http.ReadResponse(c.reader, &http.Request{Method: method})
	if err != nil {
		tb.Fatalf("%s %.200s %.200q: %v", method, target, lines, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		tb.Fatalf("%s %.200s %.200q: %v", method, target, lines, err)
	}
	return reply{response.StatusCode, response.Header, string(body)}
}

// ask sends one request over a connection of its own.
func ask(tb testing.TB, addr, method, target string, lines ...string) reply {
	tb.Helper()
	return dial(tb, addr).ask(tb, method, target, lines...)
}

// evaluator returns the reference for the only policy of p.
func evaluator(p *ir.Program) *eval.Evaluator { return eval.New(&p.Policies[0].Variants[0]) }
