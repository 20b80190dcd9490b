package devproxy_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/emit/devproxy"
	"github.com/corsgen/corsgen/emit/node"
	"github.com/corsgen/corsgen/internal/conformance"
)

const policy = `
policy "app" {
  allow_origins = ["https://app.example.com"]
}
`

func TestPrintTable(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"none", "", "// What is passed on, the longest path first.\nconst $devProxies = $proxies([]);\n\n"},
		{
			"the longest first over all", `
dev_proxy "api" {
  paths    = ["/api/", "/it's"]
  upstream = "http://localhost:8080"
}
dev_proxy "v2" {
  paths        = ["/api/v2/"]
  upstream     = "https://v2.example.com"
  strip_prefix = true
}
`, `// What is passed on, the longest path first.
const $devProxies = $proxies([
  { name: "v2", path: "/api/v2/", upstream: "https://v2.example.com", strip: true }, // cors.hcl:10
  { name: "api", path: "/api/", upstream: "http://localhost:8080", strip: false }, // cors.hcl:6
  { name: "api", path: "/it's", upstream: "http://localhost:8080", strip: false }, // cors.hcl:6
]);

`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got node.Text
			devproxy.PrintTable(&got, conformance.Compile(t, policy+test.text))
			if diff := cmp.Diff(test.want, got.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name, text string
		want       int // the line of the finding, 0 for none
	}{
		{"no such name", policy, 0},
		{"a policy", policy + strings.Replace(policy, "app", "dev_proxy", 1), 6},
		{"a site", policy + "site \"dev_proxy\" {\n  route \"/\" {\n    policy = policy.app\n  }\n}\n", 5},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found := devproxy.Check(conformance.Compile(t, test.text))
			got := 0
			if len(found) > 0 && found[0].Code == "C006" {
				got = found[0].Range.Start.Line
			}
			if got != test.want {
				t.Errorf("%v, want a finding in line %d", found, test.want)
			}
		})
	}
}

// TestRuntime runs the tests of the JavaScript.
func TestRuntime(t *testing.T) {
	conformance.Watch(t, ".") // devproxy.js is read from there
	if out, err := exec.Command(conformance.Require(t, "node", "node"), "testdata/devproxy.test.mjs").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
