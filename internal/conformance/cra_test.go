package conformance_test

import (
	"testing"
	"time"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/cra"
	"github.com/corsgen/corsgen/internal/conformance"
)

// TestCRA runs what the development server of Create React App, and the version of
// webpack-dev-server after the one in it, do of which a policy and devProxy must know.
func TestCRA(t *testing.T) {
	program := conformance.Compile(t, `
policy "app" {
  allow_origins     = ["https://app.example.com"]
  allow_credentials = true
  allow_methods     = ["PUT"]
}
dev_proxy "api" {
  paths    = ["/api/"]
  upstream = "http://localhost:2"
}
dev_proxy "dead" {
  paths    = ["/dead/"]
  upstream = "http://localhost:1"
}
`)
	dir := conformance.CRAFolder(t)
	for _, server := range []string{"cra", "wds5"} {
		t.Run(server, func(t *testing.T) {
			module := conformance.WriteModule(t, cra.Target(), program, emit.Options{}, t.TempDir())
			conformance.RunTests(t, conformance.NodeTest(t, 2*time.Minute), dir, "cra.test.mjs", "SERVER="+server, "CORS_MODULE="+module)
		})
	}
}
