package conformance_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/vite"
	"github.com/corsgen/corsgen/internal/conformance"
)

// TestViteDocumented demands that the documentation names the versions of Vite that
// the tests run.
func TestViteDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/targets/vite.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range viteVersions {
		text, err := os.ReadFile(filepath.Join(conformance.NodeFolder(t), "node_modules", name, "package.json"))
		var vite struct{ Version string }
		if err := errors.Join(err, json.Unmarshal(text, &vite)); err != nil {
			t.Fatal(err)
		}
		if minor := vite.Version[:strings.LastIndexByte(vite.Version, '.')]; !strings.Contains(string(page), minor) {
			t.Errorf("docs/targets/vite.md does not name Vite %s", minor)
		}
	}
}

var viteVersions = []string{"vite5", "vite6", "vite7", "vite8"}

// TestViteFeatures runs what Vite's servers do that a policy must survive.
func TestViteFeatures(t *testing.T) {
	program := conformance.Compile(t, `
environments = ["development", "production"]
policy "app" {
  allow_origins     = ["https://app.example.com"]
  allow_credentials = true
  allow_methods     = ["PUT"]
  environment "production" {
    allow_origins = ["https://admin.example.com"]
  }
}
policy "open" {
  allow_origins = ["*"]
}
site "api" {
  route "/api/" {
    policy = policy.app
  }
}
`)
	for _, version := range viteVersions {
		t.Run(version, func(t *testing.T) {
			module := conformance.WriteModule(t, vite.Target(), program, emit.Options{}, t.TempDir())
			runNodeTests(t, "vite.test.mjs", "VITE="+version, "CORS_MODULE="+module)
		})
	}
}

// runNodeTests runs a file of tests for Node, which it tells environment variables.
func runNodeTests(t *testing.T, file string, variables ...string) {
	t.Helper()
	cmd := exec.Command(conformance.Require(t, "node", "node"), "--test", "--test-force-exit", "--test-timeout=30000", file)
	cmd.Dir = conformance.NodeFolder(t)
	cmd.Env = append(append(os.Environ(), "NODE_ENV=test"), variables...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestViteProxy runs what Vite's servers pass on.
func TestViteProxy(t *testing.T) {
	program := conformance.Compile(t, `
policy "app" {
  allow_origins     = ["https://app.example.com"]
  allow_credentials = true
}
dev_proxy "api" {
  paths    = ["/api/", "/login", "/a.b+c"]
  upstream = "http://127.0.0.1:1"
}
dev_proxy "special" {
  paths    = ["/api/special/"]
  upstream = "http://localhost:2"
}
dev_proxy "stripped" {
  paths        = ["/v2/", "/v2/v2/"]
  upstream     = "http://127.0.0.1:1"
  strip_prefix = true
}
dev_proxy "dead" {
  paths    = ["/dead/"]
  upstream = "http://127.0.0.1:3"
}
dev_proxy "odd" {
  paths    = ["/odd/"]
  upstream = "http://localhost:4"
}
`)
	certificate := t.TempDir()
	conformance.WriteCertificate(t, certificate)
	for _, version := range viteVersions {
		t.Run(version, func(t *testing.T) {
			module := conformance.WriteModule(t, vite.Target(), program, emit.Options{}, t.TempDir())
			runNodeTests(t, "viteproxy.test.mjs", "VITE="+version, "CORS_MODULE="+module, "CERTIFICATE="+certificate)
		})
	}
}
