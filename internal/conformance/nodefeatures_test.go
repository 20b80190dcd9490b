package conformance_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/node"
	"github.com/corsgen/corsgen/internal/conformance"
)

// TestNodeFeatures runs what frameworks do to a response that a policy must
// survive, with both kinds of module.
func TestNodeFeatures(t *testing.T) {
	program := conformance.Compile(t, `
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
`)
	for _, module := range []string{"esm", "commonjs"} {
		t.Run(module, func(t *testing.T) {
			dir := conformance.NodeFolder(t)
			cmd := exec.Command(conformance.Require(t, "node", "node"), "--test", "--test-force-exit", "--test-timeout=30000", "features.test.mjs")
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "CORS_MODULE="+conformance.WriteModule(t, node.Target(), program, emit.Options{Module: module}, t.TempDir()), "NODE_ENV=test")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
