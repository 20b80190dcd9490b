package cra_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/cra"
	"github.com/corsgen/corsgen/internal/conformance"
)

const policy = `
policy "app" {
  allow_origins = ["https://app.example.com"]
}
`

// TestDevProxy runs what clients and upstreams do that devProxy must survive.
func TestDevProxy(t *testing.T) {
	text := policy
	for _, proxy := range []struct {
		name, path, upstream string
		strip                bool
	}{
		{"api", "/api/", "http://localhost:2", false},
		{"short", "/short/", "http://localhost:2", true},
		{"secure", "/secure/", "https://localhost:2", false},
		{"ws", "/ws", "http://localhost:2", false},
		{"dead", "/dead/", "http://localhost:1", false},
	} {
		text += fmt.Sprintf("dev_proxy %q {\n  paths = [%q]\n  upstream = %q\n  strip_prefix = %t\n}\n", proxy.name, proxy.path, proxy.upstream, proxy.strip)
	}
	dir := t.TempDir()
	module := conformance.WriteModule(t, cra.Target(), conformance.Compile(t, text), emit.Options{}, dir)
	conformance.WriteCertificate(t, dir)
	for _, file := range []string{"devproxy.test.mjs", "random.test.mjs", "websocket.test.mjs"} {
		t.Run(file, func(t *testing.T) {
			conformance.RunTests(t, conformance.NodeTest(t, time.Minute), "", "testdata/"+file, "MODULE="+module, "CERTIFICATE="+dir)
		})
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct{ name, text, environment, want string }{
		{"the name of the dev proxies", strings.Replace(policy, "app", "dev_proxy", 1), "", "C006"},
		{"an environment", policy, "production", "C002"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, found := cra.Emit(conformance.Compile(t, test.text), emit.Options{Environment: test.environment})
			if len(found) != 1 || found[0].Code != test.want {
				t.Errorf("it says %v, want %s", found, test.want)
			}
		})
	}
}

// TestModule loads what is printed, from both kinds of module.
func TestModule(t *testing.T) {
	module := conformance.WriteModule(t, cra.Target(), conformance.Compile(t, policy), emit.Options{}, t.TempDir())
	for _, script := range []string{
		`const { app, devProxy } = require(process.argv[1]); console.log(typeof app.wrap, typeof devProxy)`,
		`import(process.argv[1]).then(({ app, devProxy }) => console.log(typeof app.wrap, typeof devProxy))`,
	} {
		out, err := exec.Command(conformance.Require(t, "node", "node"), "-e", script, module).CombinedOutput()
		if err != nil || string(out) != "function function\n" {
			t.Errorf("%v\n%s", err, out)
		}
	}
}
