package golang

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// allocProgram is a test of a printed package: its policies take no memory under a
// writer that copies, whatever their origins are.
const allocProgram = `package cors

import (
	"net/http"
	"runtime"
	"runtime/debug"
	"testing"
)

type writer struct{ header http.Header }

func (w *writer) Header() http.Header         { return w.header }
func (w *writer) WriteHeader(int)             {}
func (w *writer) Write(p []byte) (int, error) { return len(p), nil }

func Test(t *testing.T) {
	debug.SetGCPercent(-1)
	body := []byte("hello")
	for name, f := range map[string]func(http.Handler) http.Handler{POLICIES} {
		h := f(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(body) })).(*corsHandler)
		w := &writer{http.Header{}}
		h.chain.copying.seen.Store(corsTypeOf(w))
		for _, origin := range []string{"", ORIGINS} {
			for _, method := range []string{"GET", "OPTIONS"} {
				r := &http.Request{Method: method, Header: http.Header{"Access-Control-Request-Method": {"PUT"}, "Access-Control-Request-Headers": {"x-a"}}}
				if origin != "" {
					r.Header.Set("Origin", origin)
				}
				serve := func() { clear(w.header); h.ServeHTTP(w, r) }
				if n := testing.AllocsPerRun(50, serve); n != 0 {
					t.Error(name, method, origin, n)
				}
				least := uint64(1 << 60)
				for i := 0; i < 3; i++ {
					var before, after runtime.MemStats
					runtime.ReadMemStats(&before)
					for j := 0; j < 50; j++ {
						serve()
					}
					runtime.ReadMemStats(&after)
					least = min(least, after.TotalAlloc-before.TotalAlloc)
				}
				if least != 0 {
					t.Error(name, method, origin, least, "bytes")
				}
			}
		}
	}
}
`

// Neither do the printed matchers, however many origins and patterns there are, nor
// does the package do anything before it is called.
func TestPrintedPackages(t *testing.T) {
	many := originsOf(100_000)
	sets := map[string][]string{
		"one": {appOrigin}, "five": many[:5], "thousand": many[:1000], "all": many,
		"patterns": {"https://*.example.org", "https://**.example.net", "https://pr-{digits}.example.org:*", "http://localhost:*", "null"},
		"public":   {"*"},
	}
	for i := range 40 {
		sets["lots"] = append(sets["lots"], fmt.Sprintf("https://*.c%d.example.com", i))
	}
	p := &ir.Program{Sources: []string{"cors.hcl"}}
	var named []string
	for name, origins := range sets {
		p.Policies = append(p.Policies, program(t, name, settings{origins: origins, credentials: name != "public", headers: "X-A", methods: "PUT", expose: "X-B"}).Policies...)
		named = append(named, fmt.Sprintf("%q: %s", name, ir.Identifier(name)))
	}
	slices.SortFunc(p.Policies, func(a, b ir.Policy) int { return strings.Compare(a.Name, b.Name) })
	environments(t, p, "development", "production")
	files := printed(t, p, emit.Options{Package: "cors"})
	origins := []string{appOrigin, "https://evil.example", "https://a.example.org", "https://pr-12.example.org:80", "http://localhost:3000", "https://x.c7.example.com", many[3], many[999], many[99_999]}
	files["cors_test.go"] = strings.NewReplacer("POLICIES", strings.Join(named, ", "), "ORIGINS", `"`+strings.Join(origins, `", "`)+`"`).Replace(allocProgram)
	dir := write(t, files)
	goCommand(t, dir, "test", ".")
	checkNoInit(t, dir)
}

// checkNoInit checks that a package has nothing to do at start-up, and starts no
// goroutine.
func checkNoInit(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.Command("go", "build", "-gcflags=-S", ".")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	assembly := string(out)
	if !strings.Contains(assembly, "(*corsHandler).ServeHTTP STEXT") {
		t.Fatal("these are not the functions of the package")
	}
	if strings.Contains(assembly, "runtime.newproc") {
		t.Error("a goroutine is started")
	}
	for _, function := range strings.Split(assembly, "\nprinted.")[1:] {
		name, rest, _ := strings.Cut(function, " ")
		if (name == "init" || strings.HasPrefix(name, "init.")) && strings.Contains(rest, "STEXT") && instructions(rest) > 1 {
			t.Errorf("%s runs at start-up:\n%s", name, rest)
		}
	}
}

// instructions counts those of a function in assembly. One is its return.
func instructions(assembly string) int {
	n := 0
	for _, line := range strings.Split(assembly, "\n")[1:] {
		fields := strings.Split(line, "\t")
		if len(fields) < 3 {
			break
		}
		switch fields[2] {
		case "TEXT", "FUNCDATA", "PCDATA", "NOP":
		default:
			n++
		}
	}
	return n
}
