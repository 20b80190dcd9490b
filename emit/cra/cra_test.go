package cra_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"testing"

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
	upstream, secure, dead := freePort(t), freePort(t), freePort(t)
	text := policy
	for _, proxy := range []struct {
		name, path, upstream string
		strip                bool
	}{
		{"api", "/api/", "http://localhost:" + upstream, false},
		{"short", "/short/", "http://localhost:" + upstream, true},
		{"secure", "/secure/", "https://localhost:" + secure, false},
		{"dead", "/dead/", "http://localhost:" + dead, false},
		{"ws", "/ws", "http://localhost:" + upstream, false},
	} {
		text += fmt.Sprintf("dev_proxy %q {\n  paths = [%q]\n  upstream = %q\n  strip_prefix = %t\n}\n", proxy.name, proxy.path, proxy.upstream, proxy.strip)
	}
	dir := t.TempDir()
	module := conformance.WriteModule(t, cra.Target(), conformance.Compile(t, text), emit.Options{}, dir)
	conformance.WriteCertificate(t, dir)
	cmd := exec.Command(conformance.Require(t, "node", "node"), "--test", "--test-force-exit", "--test-timeout=30000", "testdata/devproxy.test.mjs")
	cmd.Env = append(os.Environ(), "MODULE="+module, "CERTIFICATE="+dir, "UPSTREAM="+upstream, "SECURE="+secure, "DEAD="+dead)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// freePort returns a port that nobody listens at.
func freePort(tb testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
