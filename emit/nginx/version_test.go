package nginx_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/nginx"
	"github.com/corsgen/corsgen/internal/conformance"
)

// TestServerVersion says what the output holds for which version of nginx.
func TestServerVersion(t *testing.T) {
	t.Parallel()
	tests := []struct {
		version              string
		code                 string
		headers, grpc, merge bool
	}{
		{"1.11.6", "C511", false, false, false},
		{"1", "C511", false, false, false},
		{"1.11.7", "", true, false, false},
		{"1.13.9", "", true, false, false},
		{"1.13.10", "", true, true, false},
		{"", "", true, true, false},
		{"1.29.2", "", true, true, false},
		{"1.29.3", "", false, true, true},
		{"2", "", false, true, true},
	}
	p := compiled(t, full)
	for _, test := range tests {
		files, diags := nginx.Emit(p, emit.Options{ServerVersion: test.version})
		code, server := "", ""
		if len(diags) > 0 {
			code = diags[0].Code
		}
		headers := false
		for _, f := range files {
			headers = headers || f.Path == "full.headers.conf"
			if f.Path == "full.server.conf" {
				server = string(f.Content)
			}
		}
		merge := strings.Contains(server, "\nadd_header_inherit merge;\n")
		reset := strings.Count(server, "add_header_inherit on;") == strings.Count(server, "client_max_body_size")
		if code != test.code || headers != test.headers || strings.Contains(server, "grpc_hide_header") != test.grpc || merge != test.merge || reset != (merge || server == "") {
			t.Errorf("%q: code %q, headers.conf %t, merge %t, reset %t\n%s", test.version, code, headers, merge, reset, server)
		}
	}
}

// TestOtherVersion checks what the installed nginx says of the output for another
// version: nothing for an older one, and that it is too old for a newer one.
func TestOtherVersion(t *testing.T) {
	t.Parallel()
	const accepts, tooOld = "test is successful", `unknown directive "add_header_inherit"`
	for version, want := range map[string][]string{"1.11.7": {accepts}, "1.29.3": {accepts, tooOld}} {
		dir := conformance.WriteNginx(t, compiled(t, full), emit.Options{ServerVersion: version})
		output, _ := conformance.CheckNginx(t, dir, "include cors/http.conf; server { include cors/full.server.conf; }")
		if !slices.ContainsFunc(want, func(w string) bool { return strings.Contains(output, w) }) {
			t.Errorf("%s: nginx -t says %q, want %q", version, output, want)
		}
	}
}
