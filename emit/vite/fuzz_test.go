package vite_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/vite"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/ir"
)

// line is what the table of a module says of a path.
type line struct {
	Name     string            `json:"name"`
	Path     string            `json:"path"`
	Upstream string            `json:"upstream"`
	Strip    bool              `json:"strip"`
	URL      map[string]string `json:"url"`
}

// FuzzModule reads back from a real engine what stands in a module, of texts that
// no policy can hold.
func FuzzModule(f *testing.F) {
	for _, s := range []string{"api", "/api/", "http://localhost:8080", `"`, `\`, "*/", "</script>", "${x}", "`", "\u2028", "\n", "\xff", "😀", "export { x };", "import \"x\";"} {
		f.Add(s, "/"+s+"/", "http://"+s)
	}
	read := startReader(f)
	p := conformance.Compile(f, "policy \"app\" {\n  allow_origins = [\"https://app.example.com\"]\n}\n")
	f.Fuzz(func(t *testing.T, name, path, upstream string) {
		p.DevProxies = []ir.DevProxy{{Name: name, Paths: []string{path}, Upstream: upstream, StripPrefix: true}}
		files, found := vite.Emit(p, emit.Options{})
		if len(found) > 0 {
			t.Fatal(found)
		}
		name, path, upstream = string([]rune(name)), string([]rune(path)), string([]rune(upstream))
		want := []line{{name, path, upstream, true, map[string]string{"text": upstream}}}
		if diff := cmp.Diff(want, read(t, files[0].Content)); diff != "" {
			t.Error(diff)
		}
	})
}

// startReader starts an engine that reads modules.
func startReader(tb testing.TB) func(tb testing.TB, module []byte) []line {
	tb.Helper()
	conformance.Watch(tb, "testdata")
	cmd := exec.Command(conformance.Require(tb, "node", "node"), "testdata/module.mjs")
	in, inErr := cmd.StdinPipe()
	out, outErr := cmd.StdoutPipe()
	if err := errors.Join(inErr, outErr, cmd.Start()); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	to, from := json.NewEncoder(in), json.NewDecoder(bufio.NewReader(out))
	return func(tb testing.TB, module []byte) (lines []line) {
		tb.Helper()
		if err := errors.Join(to.Encode(string(module)), from.Decode(&lines)); err != nil {
			tb.Fatal(err)
		}
		return lines
	}
}
