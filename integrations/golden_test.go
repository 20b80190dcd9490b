package integrations

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/emit"
	golang "github.com/corsgen/corsgen/emit/go"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/policy"
)

// TestGolden replays the promises of all golden cases through servers of the
// frameworks.
func TestGolden(t *testing.T) {
	cases, err := golden.Load("../testdata/golden")
	if err != nil {
		t.Fatal(err)
	}
	for framework, main := range map[string]string{"gin": ginMain, "echo": echoMain} {
		t.Run(framework, func(t *testing.T) {
			programs := map[string]*ir.Program{}
			for _, c := range cases {
				programs[c.Name] = program(t, c)
			}
			binary := build(t, framework, main, programs)
			for _, c := range cases {
				t.Run(c.Name, func(t *testing.T) {
					conformance.Replay(t, programs[c.Name], c.Exchanges, func(tb testing.TB, p *ir.Program, environment, upstream string) map[string]string {
						return conformance.RunServer(tb, exec.Command(binary, c.Name, environment, upstream), len(p.Policies)+len(p.Sites))
					})
				})
			}
		})
	}
}

// build compiles a server of all programs, each with the framework's handlers. It
// takes the name of a program, an environment and the address of an upstream.
func build(t *testing.T, framework, main string, programs map[string]*ir.Program) string {
	t.Helper()
	dir := module(t)
	var imports, services strings.Builder
	for _, name := range slices.Sorted(maps.Keys(programs)) {
		p := programs[name]
		print(t, p, framework, filepath.Join(dir, "golden", name))
		pkg := "cors" + strings.ReplaceAll(name, "-", "")
		fmt.Fprintf(&imports, "\t%s %q\n", pkg, "github.com/corsgen/corsgen/integrations/server/golden/"+name)
		for _, service := range conformance.ServerNames(p) {
			for _, environment := range append([]string{""}, p.Environments...) {
				fmt.Fprintf(&services, "\tserve(%q, %q, %q, func() http.Handler { return handler(%s) })\n",
					name, environment, service, expression(framework, pkg+"."+ir.Identifier(service), environment))
			}
		}
	}
	write(t, filepath.Join(dir, "main.go"), strings.NewReplacer("IMPORTS", imports.String(), "SERVICES", services.String()).Replace(main+commonMain))
	binary := filepath.Join(dir, "server.exe")
	command := exec.Command("go", "build", "-o", binary, ".")
	command.Dir = dir
	command.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// expression returns how a program calls what is generated for id.
func expression(framework, id, environment string) string {
	switch {
	case framework == "gin" && environment == "":
		return id + "Gin()"
	case framework == "gin":
		return fmt.Sprintf("choose(%sGinIn(%q))", id, environment)
	case environment == "":
		return id + "Echo"
	default:
		return fmt.Sprintf("choose(%sEchoIn(%q))", id, environment)
	}
}

// module returns a folder that is a module with the requirements of this one.
func module(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "go.mod"), strings.NewReplacer("/corsgen/integrations", "/corsgen/integrations/server", "=> ..", "=> "+root).Replace(string(text)))
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "go.sum"), string(sums))
	return dir
}

func program(t *testing.T, c golden.Case) *ir.Program {
	t.Helper()
	source, _, findings, err := policy.Load([]string{c.PolicyFile()}, policy.Options{})
	if err != nil || findings.HasErrors() {
		t.Fatal(err, findings)
	}
	p, findings := compile.Program(source)
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	return p
}

func print(t *testing.T, p *ir.Program, framework, dir string) {
	t.Helper()
	target := golang.Target()
	// The package may be called as the framework's.
	files, findings := target.Print(p, emit.Options{Package: framework, Framework: framework})
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	for _, f := range files {
		write(t, filepath.Join(dir, f.Path), string(f.Content))
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

const ginMain = `package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"

	"github.com/gin-gonic/gin"

IMPORTS)

// handler sends everything to the upstream. No other method than GET has a route.
func handler(m gin.HandlerFunc) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(m)
	r.GET("/things", gin.WrapH(proxy))
	r.NoRoute(gin.WrapH(proxy))
	return r
}
`

const echoMain = `package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"

	"github.com/labstack/echo/v5"

IMPORTS)

// handler sends everything to the upstream.
func handler(m echo.MiddlewareFunc) http.Handler {
	e := echo.New()
	e.Use(m)
	e.Any("/*", echo.WrapHandler(proxy))
	return e
}
`

const commonMain = `
var proxy = httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: os.Args[3]})

func main() {
	proxy.Transport = &http.Transport{DisableKeepAlives: true} // the upstream is to be asked once
SERVICES	select {}
}

func choose[T any](chosen T, err error) T {
	check(err)
	return chosen
}

func serve(program, environment, name string, handler func() http.Handler) {
	if program != os.Args[1] || environment != os.Args[2] {
		return
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println(name, l.Addr())
	go func() { check(http.Serve(l, handler())) }()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
`
