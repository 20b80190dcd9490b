package rules

import (
	"fmt"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/ir"
)

// checkSite notes routes that change nothing.
func checkSite(p *ir.Program, s *ir.Site) diag.List {
	var found diag.List
	for i := range s.Routes {
		r := &s.Routes[i]
		wider := around(s.Routes[i+1:], r.Path)
		if wider == nil || wider.Policy != r.Policy {
			continue
		}
		found = append(found, diag.Diagnostic{
			Code:     "C606",
			Severity: diag.Note,
			Summary:  fmt.Sprintf("The route %q changes nothing", r.Path),
			Detail:   fmt.Sprintf("Route %q holds it already, with the same policy %q. Remove one of them, unless it is to stay should the other one change.", wider.Path, p.Policies[r.Policy].Name),
			Range:    r.Src,
			Related:  []diag.Related{{Message: "the route that holds it", Range: wider.Src}},
		})
	}
	return found
}

// around returns the narrowest of routes that holds all of path, or nil. The
// routes are sorted, the longest first.
func around(routes []ir.Route, path string) *ir.Route {
	for i := range routes {
		if r := &routes[i]; r.Subtree() && strings.HasPrefix(path, r.Path) {
			return r
		}
	}
	return nil
}
