package policy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/policy"
)

// BenchmarkLoad loads 100,000 origins in one policy.
func BenchmarkLoad(b *testing.B) {
	src := app("", list(100_000, `"https://a%d.example.com"`))
	for b.Loop() {
		p, _, diags, err := policy.LoadReader(strings.NewReader(src), "cors.hcl", policy.Options{})
		if err != nil || diags.HasErrors() || len(p.Policies[0].Settings.AllowOrigins.Value) != 100_000 {
			b.Fatal(err, diags)
		}
	}
}

// BenchmarkLoadFrom loads 200,000 origins in a file.
func BenchmarkLoadFrom(b *testing.B) {
	dir := b.TempDir()
	write(b, dir, "cors.hcl", app("origins \"a\" {\n  from = \"a.txt\"\n}\n", "origins.a"))
	write(b, dir, "a.txt", lines(200_000, "https://a%d.example.com"))
	for b.Loop() {
		p, _, diags, err := policy.Load([]string{dir}, policy.Options{})
		if err != nil || diags.HasErrors() || len(p.Policies[0].Settings.AllowOrigins.Value) != 200_000 {
			b.Fatal(err, diags)
		}
	}
}

// write writes a file in a folder of a test.
func write(tb testing.TB, dir, name, text string) {
	tb.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		tb.Fatal(err)
	}
}
