package conformance_test

import (
	"os"
	"os/exec"
	"testing"

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
			cmd := exec.Command("node", "--test", "--test-force-exit", "--test-timeout=120000", "cra.test.mjs")
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "SERVER="+server, "CORS_MODULE="+conformance.WriteModule(t, cra.Target(), program, emit.Options{}, t.TempDir()))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
