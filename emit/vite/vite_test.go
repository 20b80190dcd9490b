package vite_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/vite"
	"github.com/corsgen/corsgen/internal/conformance"
)

const policy = "policy \"%s\" {\n  allow_origins = [\"https://app.example.com\"]\n}\n"

// TestNames loads a module of names that mean something in JavaScript or to Vite.
func TestNames(t *testing.T) {
	var text strings.Builder
	for _, name := range []string{"default", "public_api", "cors", "plugin", "proxies", "url", "dev", "server", "import_meta"} {
		text.WriteString(strings.Replace(policy, "%s", name, 1))
	}
	text.WriteString("site \"vite\" {\n  route \"/\" {\n    policy = policy.default\n  }\n}\n")
	module := conformance.WriteModule(t, vite.Target(), conformance.Compile(t, text.String()), emit.Options{}, t.TempDir())
	const script = `import(process.argv[1]).then((m) => console.log(Object.values(m).map(({ name }) => name).sort().join(" ")))`
	out, err := exec.Command(conformance.Require(t, "node", "node"), "-e", script, module).CombinedOutput()
	const want = "corsgen:cors corsgen:defaultCors corsgen:dev corsgen:devProxy corsgen:importMeta corsgen:plugin corsgen:proxies " +
		"corsgen:publicApi corsgen:server corsgen:url corsgen:vite\n"
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct{ name, text, environment, want string }{
		{"the name of the dev proxies", strings.Replace(policy, "%s", "dev_proxy", 1), "", "C006"},
		{"two names", strings.Replace(policy, "%s", "public", 1) + strings.Replace(policy, "%s", "public_cors", 1), "", "C006"},
		{"an environment", strings.Replace(policy, "%s", "app", 1), "production", "C002"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, found := vite.Emit(conformance.Compile(t, test.text), emit.Options{Environment: test.environment})
			if len(found) != 1 || found[0].Code != test.want {
				t.Errorf("it says %v, want %s", found, test.want)
			}
		})
	}
}
