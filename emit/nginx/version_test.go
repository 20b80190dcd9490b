package nginx_test

import (
	"fmt"
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

// TestMerge checks what the output for a newer nginx promises: lines of the http level
// and of locations stand beside those of the policy, once each, and a preflight has
// those of the policy alone.
func TestMerge(t *testing.T) {
	t.Parallel()
	for _, version := range conformance.NginxVersions(t)[1:] {
		dir := conformance.WriteNginx(t, compiled(t, full), emit.Options{ServerVersion: version})
		addr := conformance.RunNginx(t, dir, 1, func(addrs []string) string {
			return fmt.Sprintf(`include cors/http.conf; add_header X-Level http always;
				server { include cors/full.server.conf; listen %s; add_header X-Level server always; location / { add_header X-Level location always; return 404; } }`, addrs[0])
		})[0]
		origin := "Origin: " + full.origins[0]
		for method, want := range map[string]int{"GET": 3, "OPTIONS": 0} {
			_, header, _ := raw(t, addr, method, method+" / HTTP/1.1\r\nHost: a\r\n"+origin+"\r\nAccess-Control-Request-Method: PUT\r\n\r\n")
			if len(header["X-Level"]) != want || len(header["Access-Control-Allow-Origin"]) != 1 || len(header["Vary"]) != 1 {
				t.Errorf("%s: %v", method, header)
			}
		}
	}
}
