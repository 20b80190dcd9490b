package conformance_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/node"
	"github.com/corsgen/corsgen/internal/conformance"
)

const nodePolicy = `
policy "app" {
  allow_origins     = ["https://app.example.com", "https://admin.example.com"]
  allow_credentials = true
  allow_methods     = ["PUT"]
}
policy "gate" {
  allow_origins = ["https://app.example.com"]
  origin_gate   = true
}
policy "open" {
  allow_origins = ["*"]
}
`

// TestNodeFeatures runs what frameworks do to a response that a policy must
// survive, with both kinds of module.
func TestNodeFeatures(t *testing.T) {
	for _, module := range []string{"esm", "commonjs"} {
		t.Run(module, func(t *testing.T) {
			demandFeatures(t, module, []string{conformance.Require(t, "node", "node"), "--test", "--test-force-exit", "--test-timeout=30000"})
		})
	}
}

// TestRuntimeFeatures does so in other engines.
func TestRuntimeFeatures(t *testing.T) {
	for _, r := range conformance.Runtimes {
		t.Run(r.Name, func(t *testing.T) { demandFeatures(t, "esm", r.Test(t)) })
	}
}

// demandFeatures runs the tests of features by a command, to which their file is
// added.
func demandFeatures(t *testing.T, module string, command []string) {
	t.Helper()
	program := conformance.Compile(t, nodePolicy)
	cmd := exec.Command(command[0], append(command[1:], "./features.test.mjs")...)
	cmd.Dir = conformance.NodeFolder(t)
	cmd.Env = append(os.Environ(), "CORS_MODULE="+conformance.WriteModule(t, node.Target(), program, emit.Options{Module: module}, t.TempDir()), "NODE_ENV=test", "NO_COLOR=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
