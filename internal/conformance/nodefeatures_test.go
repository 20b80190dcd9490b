package conformance_test

import (
	"testing"
	"time"

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
			demandFeatures(t, module, conformance.NodeTest(t, 30*time.Second))
		})
	}
}

// TestRuntimeFeatures does so in other engines.
func TestRuntimeFeatures(t *testing.T) {
	for _, r := range conformance.Runtimes {
		t.Run(r.Name, func(t *testing.T) { demandFeatures(t, "esm", r.Test(t)) })
	}
}

// demandFeatures runs the tests of features by a command.
func demandFeatures(t *testing.T, module string, command []string) {
	t.Helper()
	program := conformance.Compile(t, nodePolicy)
	file := conformance.WriteModule(t, node.Target(), program, emit.Options{Module: module}, t.TempDir())
	conformance.RunTests(t, command, conformance.NodeFolder(t), "features.test.mjs", "CORS_MODULE="+file, "NODE_ENV=test", "NO_COLOR=1")
}
