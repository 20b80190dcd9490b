package node_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/node"
	"github.com/corsgen/corsgen/internal/conformance"
)

func TestIdentifier(t *testing.T) {
	tests := []struct{ name, want string }{
		{"app", "app"},
		{"public_api", "publicApi"},
		{"a__b_2", "aB2"},
		{"pre-view", "preView"},
		{"public", "publicCors"},
		{"default", "defaultCors"},
		{"global_this", "globalThisCors"},
		{"undefined", "undefinedCors"},
		{"map", "map"},
	}
	for _, test := range tests {
		if got := node.Identifier(test.name); got != test.want {
			t.Errorf("Identifier(%q) = %q, want %q", test.name, got, test.want)
		}
	}
}

// TestOddPrograms loads modules whose names mean something in JavaScript, and whose
// text tries to leave its place.
func TestOddPrograms(t *testing.T) {
	var text strings.Builder
	text.WriteString("environments = [\"in\", \"origins\", \"policy\"]\n")
	for _, name := range []string{
		"default", "module", "exports", "require", "undefined", "arguments", "eval", "await", "let", "static", "class", "in", "origins", "policy",
		"process", "map", "set", "response", "object", "error", "fetch", "app_policy", "app_origins", "app",
	} {
		text.WriteString("policy \"" + name + "\" {\n  description = \"*/ </script> \\u2028 `$${x}` \\\\ // @deprecated\"\n" +
			"  allow_origins = [\"https://app.example.com\"]\n  environment \"in\" {\n    allow_origins = [\"https://in.example.com\"]\n  }\n}\n")
	}
	p := conformance.Compile(t, text.String())
	for _, module := range []string{"esm", "commonjs"} {
		file := conformance.WriteModule(t, node.Target(), p, emit.Options{Module: module}, t.TempDir())
		const script = `import(process.argv[1]).then((m) => {
			const names = Object.keys(m).filter((name) => typeof m[name] === "function");
			console.log(names.length, names.every((name) => m[name].in("in").allowsOrigin("https://in.example.com")))
			try { m.map.in("production") } catch (error) { console.log(error.message) }
		})`
		out, err := exec.Command(conformance.Require(t, "node", "node"), "-e", script, file).CombinedOutput()
		const want = "24 true\ncors: there is no environment \"production\"; choose one of \"in\", \"origins\", \"policy\"\n"
		if err != nil || string(out) != want {
			t.Errorf("%s: %v\n%s", module, err, out)
		}
	}
}

func TestRefusals(t *testing.T) {
	const policy = "policy \"%s\" {\n  allow_origins = [\"https://app.example.com\"]\n}\n"
	tests := []struct {
		name, text  string
		environment string
		want        string
	}{
		{"two names", strings.ReplaceAll(policy, "%s", "public") + strings.ReplaceAll(policy, "%s", "public_cors"), "", "C006"},
		{"an environment", strings.ReplaceAll(policy, "%s", "app"), "production", "C002"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, found := node.Emit(conformance.Compile(t, test.text), emit.Options{Environment: test.environment})
			if len(found) != 1 || found[0].Code != test.want {
				t.Errorf("it says %v, want %s", found, test.want)
			}
		})
	}
}
