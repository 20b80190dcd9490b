package nginx_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/ir"
)

// program returns the policies app and other.
func program(t *testing.T) *ir.Program {
	t.Helper()
	return conformance.Compile(t, `
policy "app" {
  allow_origins     = ["https://app.example.com"]
  allow_methods     = ["PUT"]
  allow_credentials = true
}
policy "other" {
  allow_origins = ["https://*.example.org"]
}
`)
}

// writeFiles writes pages and a certificate.
func writeFiles(t *testing.T, dir string) {
	t.Helper()
	for _, folder := range []string{dir, filepath.Dir(dir)} { // workers run as another user
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	conformance.WriteFile(t, filepath.Join(dir, "www/page.html"), []byte("a page"))
	conformance.WriteFile(t, filepath.Join(dir, "www/error.html"), []byte("an error"))
	conformance.WriteCertificate(t, dir)
}
