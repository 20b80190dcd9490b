package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkCheck checks 1,000 policies of 100 origins, without findings and with
// one for each origin.
func BenchmarkCheck(b *testing.B) {
	for name, scheme := range map[string]string{"silent": "https", "findings": "http"} {
		b.Run(name, func(b *testing.B) {
			file := filepath.Join(b.TempDir(), "cors.hcl")
			if err := os.WriteFile(file, []byte(manyPolicies(1000, scheme)), 0o666); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if status, _, errs := corsgen("check", file); (status == 0) != (scheme == "https") {
					b.Fatal(errs)
				}
			}
		})
	}
}

// TestCheckIsLinear counts allocations, which stand for work: four times the
// policies may take four times as many, and not sixteen times.
func TestCheckIsLinear(t *testing.T) {
	for _, scheme := range []string{"https", "http"} {
		allocations := func(policies int) float64 {
			file := filepath.Join(t.TempDir(), "cors.hcl")
			if err := os.WriteFile(file, []byte(manyPolicies(policies, scheme)), 0o666); err != nil {
				t.Fatal(err)
			}
			return testing.AllocsPerRun(1, func() { corsgen("check", file) })
		}
		if few, many := allocations(10), allocations(40); many > 5*few {
			t.Errorf("%s: %.0f allocations for 10 policies, %.0f for 40", scheme, few, many)
		}
	}
}

func manyPolicies(n int, scheme string) string {
	var b strings.Builder
	for p := range n {
		fmt.Fprintf(&b, "policy \"p%d\" {\n  allow_credentials = true\n  allow_origins = [\n", p)
		for o := range 100 {
			fmt.Fprintf(&b, "    \"%s://app%d.t%d.example.com\",\n", scheme, o, p)
		}
		b.WriteString("  ]\n}\n")
	}
	return b.String()
}
