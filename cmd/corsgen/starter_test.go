package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/corsgen/corsgen/internal/conformance"
)

// TestStarterImports checks that the line which a starter policy says a module is
// imported with is right.
func TestStarterImports(t *testing.T) {
	node := conformance.Require(t, "node", "node")
	line := regexp.MustCompile(`(?m)^# ((?:import|const) .*;)$`)
	tests := []struct{ manifest, file, want string }{
		{`{"type": "module"}`, "server.js", "function"},
		{`{}`, "server.js", "function"},
		{`{"type": "commonjs"}`, "server.js", "function"},
		{`{"devDependencies": {"vite": "7.0.0"}}`, "vite.config.mjs", "object"},
		{"\ufeff" + `{"dependencies": {"react-scripts": "5.0.1"}}`, "src/setupProxy.js", "function"},
	}
	for _, test := range tests {
		dir := t.TempDir()
		conformance.WriteFile(t, filepath.Join(dir, "package.json"), []byte(test.manifest))
		if status, _, errs := corsgen("init", dir); status != 0 {
			t.Fatal(errs)
		}
		if status, _, errs := corsgen("generate", dir); status != 0 {
			t.Fatal(errs)
		}
		imports := line.FindStringSubmatch(readFile(t, filepath.Join(dir, "cors.hcl")))
		if imports == nil {
			t.Fatalf("%s: no line imports the module", test.manifest)
		}
		conformance.WriteFile(t, filepath.Join(dir, test.file), []byte(imports[1]+"\nconsole.log(typeof app);\n"))
		cmd := exec.Command(node, test.file)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != test.want+"\n" {
			t.Errorf("%s: %v\n%s", test.manifest, err, out)
		}
	}
}
