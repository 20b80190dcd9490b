package apache_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/apache"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/ir"
)

// Text that is only a comment stays one.
func TestHostileDescription(t *testing.T) {
	t.Parallel()
	a := conformance.NewApache(t)
	for _, text := range []string{
		"a\nHeader always set X-Injected yes\n", "ends in a backslash \\", "a \\\nHeader always set X-Injected yes", "</VirtualHost>", "${HOSTNAME} %{HOST}e",
		"a\r\nHeader always set X-Injected yes", "a\x00b\x7f\x1b[2J", "ä\u2028Header always set X-Injected yes", strings.Repeat("a", 20_000), strings.Repeat("\\", 300),
	} {
		p := compiled(t, full)
		p.Sources = []string{"cors" + text + ".hcl"}
		p.Policies[0].Variants[0].Description = text
		p.Policies[0].Src.File = "cors" + text + ".hcl"
		a.Hosts = append(a.Hosts, printed(t, p))
	}
	for i, addr := range a.Start(t) {
		got := ask(t, addr, "OPTIONS", "/", "Origin: https://app.example.com", "Access-Control-Request-Method: PUT")
		if got.status != 204 || got.header.Get("X-Injected") != "" {
			t.Errorf("%d: got %+v", i, got)
		}
	}
}

// A value that Apache cannot state is an error, not something else in its place.
func TestUnstatableValue(t *testing.T) {
	p := compiled(t, full)
	allowed := &p.Policies[0].Variants[0].Preflight.Allowed
	allowed.Set = append(allowed.Set, ir.Header{Name: "X-Y", Value: ir.Value{Const: "a\nb"}})
	files, diags := apache.Emit(p, emit.Options{})
	if len(files) != 0 || len(diags) != 1 || diags[0].Code != "C510" {
		t.Errorf("got %d files and %v", len(files), diags)
	}
}

// The output is for one environment, and printing it again changes nothing.
func TestEnvironment(t *testing.T) {
	p := compiled(t, full)
	if _, diags := apache.Emit(p, emit.Options{Environment: "staging"}); len(diags) != 1 || diags[0].Code != "C002" {
		t.Errorf("an unknown environment gave %v", diags)
	}
	staging := p.Policies[0].Variants[0]
	staging.Environment = "staging"
	p.Policies[0].Variants = append(p.Policies[0].Variants, staging)
	files, _ := apache.Emit(p, emit.Options{Environment: "staging"})
	again, _ := apache.Emit(p, emit.Options{Environment: "staging"})
	if d := cmp.Diff(files, again); d != "" {
		t.Error(d)
	}
	if len(files) != 2 || files[1].Path != "app.vhost.conf" || !strings.Contains(string(files[len(files)-1].Content), "in the environment staging") {
		t.Errorf("got %+v", files)
	}
}
