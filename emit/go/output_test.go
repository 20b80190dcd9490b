package golang

import (
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// write puts a module of Go 1.22 with files into a temporary folder.
func write(tb testing.TB, files map[string]string) string {
	tb.Helper()
	dir := tb.TempDir()
	files["go.mod"] = "module printed\n\ngo 1.22\n"
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

func goCommand(tb testing.TB, dir string, arguments ...string) {
	tb.Helper()
	cmd := exec.Command("go", arguments...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("go %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
}

// environments gives every policy of p a variant for each environment that
// differs from the base.
func environments(tb testing.TB, p *ir.Program, names ...string) {
	tb.Helper()
	p.Environments = names
	for i := range p.Policies {
		for j, name := range names {
			v := variant(tb, settings{origins: []string{"https://e" + strconv.Itoa(j) + ".example.com"}})
			v.Environment = name
			p.Policies[i].Variants = append(p.Policies[i].Variants, v)
		}
	}
}

// TestOddNames compiles policies that are called like things of Go, of net/http
// and of the output.
func TestOddNames(t *testing.T) {
	names := []string{
		"init", "main", "string", "error", "http", "func", "type", "nil", "len", "cors", "next", "origin", "any",
		"environment", "policy", "allows", "origins", "table", "new", "true", "handler", "api", "public_api",
		"app", "app_in_x", "app_in_x2", "a1", "a", "x", "f", "p", "cors_policy", "is_token",
	}
	p := &ir.Program{Sources: []string{"cors.hcl"}}
	for _, name := range names {
		s := settings{origins: []string{"*"}}
		if name != "any" {
			s.origins = append([]string{"null", "https://*.example.com"}, originsOf(len(names)%7+len(name)%3*3)...)
		}
		p.Policies = append(p.Policies, program(t, name, s).Policies...)
	}
	environments(t, p, "x", "init", "http", "in_x", "prod-eu", "production")
	files := map[string]string{}
	for _, pkg := range []string{"cors", "http", "strings", "init", "string"} {
		for name, content := range printed(t, p, emit.Options{Package: pkg, Environment: "production"}) {
			files[pkg+"/"+name] = content
		}
	}
	goCommand(t, write(t, files), "vet", "./...")
}

func TestFilesAreFormatted(t *testing.T) {
	for name, s := range policies {
		p := program(t, name, s)
		environments(t, p, "development", "production")
		for path, text := range printed(t, p, emit.Options{}) {
			formatted, err := format.Source([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(formatted), text); d != "" {
				t.Error(path, d)
			}
			first, _, _ := strings.Cut(text, "\n")
			if !regexp.MustCompile(`^// Code generated .* DO NOT EDIT\.$`).MatchString(first) {
				t.Errorf("%s starts with %q", path, first)
			}
		}
	}
}

func TestRuntimeDoesNotDependOnThePolicy(t *testing.T) {
	a := printed(t, program(t, "a", policies["any"]), emit.Options{})
	b := printed(t, program(t, "b", policies["full"]), emit.Options{})
	if d := cmp.Diff(a["cors_runtime.gen.go"], b["cors_runtime.gen.go"]); d != "" {
		t.Error(d)
	}
}

// The runtime's own names start with "cors", and no name that is printed for a
// policy does.
func TestRuntimeNames(t *testing.T) {
	text := printed(t, program(t, "a", policies["any"]), emit.Options{})["cors_runtime.gen.go"]
	file, err := parser.ParseFile(token.NewFileSet(), "", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	for name := range file.Scope.Objects { //nolint:staticcheck // the package scope is all that is asked for
		if !strings.HasPrefix(name, "cors") {
			t.Errorf("the runtime declares %s", name)
		}
	}
}

func TestChoiceOfEnvironment(t *testing.T) {
	p := program(t, "app", settings{origins: []string{"https://base.example.com"}})
	environments(t, p, "development", "production")
	same := p.Policies[0].Variants[0]
	same.Environment = "production"
	p.Policies[0].Variants[2] = same
	text := printed(t, p, emit.Options{Environment: "development", Package: "cors"})["cors.gen.go"]
	// App is development's; the base stands only because production shares it.
	for _, want := range []string{
		"policyApp is what App does", "https://e0.example.com", `case "development":` + "\n\t\treturn policyApp.handler, nil",
		`case "production":` + "\n\t\treturn policyAppInProduction.handler, nil", "https://base.example.com",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	dir := write(t, map[string]string{
		"cors/cors.gen.go":         text,
		"cors/cors_runtime.gen.go": printed(t, p, emit.Options{})["cors_runtime.gen.go"],
		"cors/cors_test.go": `package cors

import "testing"

func TestAppIn(t *testing.T) {
	for _, name := range []string{"development", "production"} {
		if _, err := AppIn(name); err != nil {
			t.Error(err)
		}
	}
	const want = ` + "`" + `cors: there is no environment "prod"; choose one of "development", "production"` + "`" + `
	if _, err := AppIn("prod"); err == nil || err.Error() != want {
		t.Error(err)
	}
}
`,
	})
	goCommand(t, dir, "test", "./...")
}

func TestRefusedOptions(t *testing.T) {
	p := program(t, "app", policies["one"])
	for _, o := range []emit.Options{
		{Package: "func"}, {Package: "a-b"}, {Package: "_"}, {Package: "x\nimport \"os\""}, {Environment: "nowhere"},
	} {
		if files, diags := emitFiles(p, o); files != nil || !diags.HasErrors() {
			t.Errorf("%+v is taken", o)
		}
	}
}

// literals returns the string literals of a Go file and the number of its
// declarations.
func literals(t *testing.T, text string) (values map[string]bool, declarations int) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "", text, parser.ParseComments)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	values = map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			s, err := strconv.Unquote(l.Value)
			if err != nil {
				t.Fatal(err)
			}
			values[s] = true
		}
		return true
	})
	return values, len(file.Decls)
}

// FuzzQuote prints hostile text wherever a program has room for text, and demands
// that it arrives as it was, and in literals and comments alone.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{
		"GET, PUT", `"`, "`", "\\", "\n", "\r", "${x}", "*/", "//go:build ignore", "\x00", "\xff", "\u2028", "a\nvar x = 1", "# Heading", "- item",
		"Deprecated: no", "1. one", "\tcode", "[x]: http://y", "+build ignore", "+build", "a +build a a a a a a a a a a a a a a +build a a a a a a a a a a a a a a a a a a +build b", "\ufeff", "Code generated", "é", `\x41`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		plain := program(t, "app", settings{origins: originsOf(6), methods: "GET", headers: "X"})
		_, want := literals(t, printed(t, plain, emit.Options{})["cors.gen.go"])
		hostile := program(t, "app", settings{origins: originsOf(6), methods: "x" + s, headers: s + "x"})
		hostile.Policies[0].Variants[0].Description = s
		hostile.Sources = []string{s}
		for i := range hostile.Policies[0].Variants[0].Preflight.Allowed.Set {
			hostile.Policies[0].Variants[0].Preflight.Allowed.Set[i].Src.File = s
		}
		text := printed(t, hostile, emit.Options{})["cors.gen.go"]
		values, got := literals(t, text)
		if !values["x"+s] {
			t.Errorf("%q is not a literal of\n%s", "x"+s, text)
		}
		if got != want {
			t.Errorf("%d declarations, want %d", got, want)
		}
		if again, err := format.Source([]byte(text)); err != nil || string(again) != text {
			t.Errorf("not formatted: %v\n%s", err, cmp.Diff(text, string(again)))
		}
		for line := range strings.SplitSeq(text, "\n") {
			if strings.HasPrefix(line, "//go:") || strings.HasPrefix(line, "//line") || strings.HasPrefix(line, "// Deprecated:") {
				t.Errorf("%q means something", line)
			}
		}
	})
}

// FuzzQuoteLines reads back the list of texts as the compiler does.
func FuzzQuoteLines(f *testing.F) {
	f.Add("https://a.example", "https://b.example")
	f.Add("`", "\r")
	f.Add("\\", "\xff\u2028")
	f.Fuzz(func(t *testing.T, a, b string) {
		text := quoteLines([]string{a, b}).GoString()
		got, err := strconv.Unquote(text)
		if err != nil || got != joinLines([]string{a, b}) {
			t.Errorf("%q, %v, from %s", got, err, text)
		}
	})
}

// The limits are ten times what it takes, against output that grows into
// something which the printer or the compiler cannot cope with.
func TestManyOrigins(t *testing.T) {
	origins := originsOf(100_000)
	for i := range 1000 {
		origins = append(origins, "https://pr-{digits}.c"+strconv.Itoa(i)+".example.com")
	}
	p := program(t, "app", settings{origins: origins})
	began := time.Now()
	files := printed(t, p, emit.Options{})
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("printing took %v", took)
	}
	dir := write(t, files)
	began = time.Now()
	goCommand(t, dir, "build", "./...")
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("building took %v", took)
	}
}
