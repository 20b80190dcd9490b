package nginx_test

import (
	"fmt"
	"testing"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/ir"
)

// TestNobody checks programs that nobody wrote as a policy: a policy without origins
// lets nobody in, and a site without routes has no policy anywhere.
func TestNobody(t *testing.T) {
	t.Parallel()
	p := compiled(t, gated)
	p.Policies[0].Variants[0].Origins.Patterns = nil
	p.Sites = []ir.Site{{Name: "empty"}}
	dir := conformance.WriteNginx(t, p, emit.Options{})
	addrs := conformance.RunNginx(t, dir, 2, func(addrs []string) string {
		const server = "server { include cors/%s.server.conf; listen %s; location / { return 200; } }"
		return "include cors/http.conf;" + fmt.Sprintf(server, p.Policies[0].Name, addrs[0]) + fmt.Sprintf(server, "empty", addrs[1])
	})
	for i, addr := range addrs {
		for _, method := range []string{"GET", "OPTIONS"} {
			status, header, _ := raw(t, addr, method, method+" / HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example.com\r\nAccess-Control-Request-Method: PUT\r\n\r\n")
			if refused := status == 403; refused != (i == 0) || header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%d: %s answers %d with %v", i, method, status, header)
			}
		}
	}
}
