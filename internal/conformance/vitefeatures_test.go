package conformance_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	for _, name := range conformance.ViteVersions {
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
	for _, version := range conformance.ViteVersions {
		t.Run(version, func(t *testing.T) {
			module := conformance.WriteModule(t, vite.Target(), program, emit.Options{}, t.TempDir())
			conformance.RunTests(t, conformance.NodeTest(t, 30*time.Second), conformance.NodeFolder(t), "vite.test.mjs", "NODE_ENV=test", "VITE="+version, "CORS_MODULE="+module)
		})
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
	for _, version := range conformance.ViteVersions {
		t.Run(version, func(t *testing.T) {
			module := conformance.WriteModule(t, vite.Target(), program, emit.Options{}, t.TempDir())
			conformance.RunTests(t, conformance.NodeTest(t, 30*time.Second), conformance.NodeFolder(t), "viteproxy.test.mjs", "NODE_ENV=test", "VITE="+version, "CORS_MODULE="+module, "CERTIFICATE="+certificate)
		})
	}
}
