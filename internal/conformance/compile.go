package conformance

import (
	"strings"
	"testing"

	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/policy"
)

// Compile returns the program of a policy file, which must have no errors.
func Compile(tb testing.TB, text string) *ir.Program {
	tb.Helper()
	source, _, found, err := policy.LoadReader(strings.NewReader(text), "cors.hcl", policy.Options{})
	if err != nil || found.HasErrors() {
		tb.Fatal(err, found)
	}
	p, found := compile.Program(source)
	if found.HasErrors() {
		tb.Fatal(found)
	}
	return p
}
