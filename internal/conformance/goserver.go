package conformance

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/emit"
	golang "github.com/corsgen/corsgen/emit/go"
	"github.com/corsgen/corsgen/ir"
)

// StartGo starts the program that corsgen prints as Go: every policy and site on
// an address of its own, in front of a proxy to upstream. With an environment the
// policies are asked for it at start-up.
func StartGo(tb testing.TB, p *ir.Program, environment, upstream string) map[string]string {
	tb.Helper()
	dir := tb.TempDir()
	WriteGo(tb, p, emit.Options{Package: "cors"}, filepath.Join(dir, "cors"))
	WriteFile(tb, filepath.Join(dir, "go.mod"), []byte("module server\n\ngo 1.22\n"))
	WriteFile(tb, filepath.Join(dir, "main.go"), []byte(goMain(p)))
	binary := filepath.Join(dir, "server.exe")
	arguments := []string{"build", "-ldflags=-s -w", "-o", binary}
	if raceEnabled {
		arguments = append(arguments, "-race")
	}
	RunGo(tb, dir, append(arguments, ".")...)
	return RunServer(tb, exec.Command(binary, environment, upstream), len(ServerNames(p)))
}

// WriteGo writes the Go that corsgen prints for a program into a folder.
func WriteGo(tb testing.TB, p *ir.Program, o emit.Options, dir string) {
	tb.Helper()
	target := golang.Target()
	files, diags := target.Print(p, o)
	if diags.HasErrors() {
		tb.Fatal(diags)
	}
	for _, f := range files {
		WriteFile(tb, filepath.Join(dir, f.Path), f.Content)
	}
}

// RunGo runs the go command in a folder, which needs no other module.
func RunGo(tb testing.TB, dir string, arguments ...string) {
	tb.Helper()
	cmd := exec.Command(Require(tb, "go", "go"), arguments...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("go %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
}

// goMain returns the main package, which takes an environment and the address of
// an upstream. The upstream may close a connection without an answer, and is to
// be asked once: so no connection is used twice.
func goMain(p *ir.Program) string {
	var b strings.Builder
	for _, name := range ServerNames(p) {
		id := ir.Identifier(name)
		if len(p.Environments) > 0 {
			fmt.Fprintf(&b, "\tserve(%q, choose(cors.%s, cors.%sIn)(proxy))\n", name, id, id)
		} else {
			fmt.Fprintf(&b, "\tserve(%q, cors.%s(proxy))\n", name, id)
		}
	}
	return strings.Replace(goMainText, "SERVE", b.String(), 1)
}

const goMainText = `package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"

	"server/cors"
)

func main() {
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: os.Args[2]})
	proxy.Transport = &http.Transport{DisableKeepAlives: true}
SERVE	select {}
}

type middleware = func(http.Handler) http.Handler

func choose(base middleware, in func(string) (middleware, error)) middleware {
	if os.Args[1] == "" {
		return base
	}
	chosen, err := in(os.Args[1])
	check(err)
	return chosen
}

func serve(policy string, handler http.Handler) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println(policy, l.Addr())
	go func() { check(http.Serve(l, handler)) }()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
`

// RunServer starts a server that prints the address of each policy, and reads n.
func RunServer(tb testing.TB, cmd *exec.Cmd, n int) map[string]string {
	tb.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	errors := &strings.Builder{}
	cmd.Stderr = errors
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if s := errors.String(); strings.Contains(s, "DATA RACE") || strings.Contains(s, "panic") {
			tb.Error(s)
		}
	})
	addresses := map[string]string{}
	lines := bufio.NewScanner(out)
	for len(addresses) < n && lines.Scan() {
		policy, address, _ := strings.Cut(lines.Text(), " ")
		addresses[policy] = address
	}
	if len(addresses) < n {
		_, _ = io.Copy(io.Discard, out)
		tb.Fatalf("the server did not start: %s", errors)
	}
	return addresses
}
