package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/policy"
)

// TestTooManyTests checks that a small file cannot ask for hours of tests.
func TestTooManyTests(t *testing.T) {
	many := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format+", ", i)
		}
		return b.String()
	}
	origins := "origins = [" + many(`"https://a%d.example.com"`, 10_000) + "]\n"
	tests := []struct {
		name, attributes string
		want             bool // it is refused
	}{
		{"origins", origins, false},
		{"origins with methods", origins + "methods = [" + many(`"M%d"`, 21) + "]", true},
		{"origins with a few headers", origins + `headers = { "Content-Type" = "application/json", "Authorization" = "Bearer x" }`, false},
		{"origins with many headers", origins + "headers = { " + many(`"x-%d" = ""`, 1000) + " }", true},
		{"origins with a long header", origins + `headers = { "X" = "` + strings.Repeat("a", 2000) + `" }`, true},
		{"origins with a long method", origins + `method = "` + strings.Repeat("a", 2000) + `"`, true},
		{"origins with many readable headers", origins + "readable_headers = [" + many(`"x-%d"`, 1000) + "]", true},
		{"origins with nothing often", origins + "readable_headers = [" + strings.Repeat(`"", `, 2000) + "]", true},
	}
	for _, tt := range tests {
		src := "policy \"app\" {\n  allow_origins = [\"https://**.example.com\"]\n}\ntest \"t\" {\n  policy = policy.app\n  expect = \"allowed\"\n" + tt.attributes + "\n}\n"
		_, _, diags, err := policy.LoadReader(strings.NewReader(src), "cors.hcl", policy.Options{})
		if err != nil {
			t.Fatal(err)
		}
		refused := false
		for _, d := range diags {
			refused = refused || d.Summary == "There are too many tests"
		}
		if refused != tt.want || !tt.want && diags.HasErrors() {
			t.Errorf("%s: %v", tt.name, diags)
		}
	}
}
