package apache_test

import (
	"testing"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/apache"
	"github.com/corsgen/corsgen/ir"
)

// A program that nobody wrote as a policy may hold a policy without origins, which
// lets nobody in, and a site without routes.
func TestNobody(t *testing.T) {
	t.Parallel()
	p := compiled(t, policies["gate"])
	p.Policies[0].Variants[0].Origins.Patterns = nil
	a := newSite(t)
	a.WriteFile(t, "app.vhost.conf", printed(t, p))
	a.WriteFile(t, "app.location.conf", printedFor(t, p, "location"))
	p.Sites = []ir.Site{{Name: "empty"}}
	if _, diags := apache.Emit(p, emit.Options{}); len(diags) > 0 {
		t.Error(diags)
	}
	a.WriteFile(t, "empty.vhost.conf", printed(t, p))
	a.Hosts = []string{"DocumentRoot www\nInclude app.vhost.conf", "DocumentRoot www\n<Location />\nInclude app.location.conf\n</Location>", "DocumentRoot www\nInclude empty.vhost.conf"}
	for i, addr := range a.Start(t) {
		for _, method := range []string{"GET", "OPTIONS"} {
			got := ask(t, addr, method, "/page.html", "Origin: https://app.example.com", "Access-Control-Request-Method: PUT")
			if refused := got.status == 403; refused != (i < 2) || got.header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%d: %s answers %d with %v", i, method, got.status, got.header)
			}
		}
	}
}
