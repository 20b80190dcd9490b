package apache_test

import (
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
