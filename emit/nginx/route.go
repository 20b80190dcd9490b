package nginx

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/ir"
)

// routes is the name of the policy of a path. The keys of a map ignore case and
// paths do not, so all are regular expressions; the first that matches decides.
func (c *config) routes(s site) mapping {
	m := mapping{source: c.variable("path"), variable: s.variable(c, "route"), entries: []entry{
		{"default", `""`, ""}, {quoteRegexp("//"), `""`, "merge_slashes is off"},
	}}
	merged := len(s.Routes) >= minMergedRoutes
	for _, r := range s.Routes {
		name := c.policies[r.Policy].Name
		switch {
		case !merged:
			m.entries = append(m.entries, entry{quoteRegexp(strings.Join(routeAtoms(r), "")), name, at("", r.Src)})
		case len(s.Routes) <= maxPlaces:
			m.entries = append(m.entries, entry{comment: r.Path + " " + name + at(", ", r.Src)})
		}
	}
	if merged {
		m.entries = append(m.entries, c.mergedRoutes(s)...)
	}
	return m
}

// minMergedRoutes is the number of routes from which trying them one by one costs
// more than is worth a line for each.
const minMergedRoutes = 32

// routeAtoms returns a regular expression for the route in parts. A "$" would
// match before a line break at the end.
func routeAtoms(r ir.Route) []string {
	atoms := append([]string{"^"}, letters(r.Path)...)
	if r.Subtree() {
		return atoms
	}
	return append(atoms, `\z`)
}

// ranked is a route in a set of routes of which none is below another one. The
// rank counts how often the policy changes on the way down to it.
type ranked struct {
	ir.Route
	rank int
}

// mergedRoutes returns entries for many routes. A route decides against those
// above it, which have a lower rank or the same policy, so routes of one rank and
// policy can be one regular expression.
func (c *config) mergedRoutes(s site) []entry {
	routes := rank(s.Routes)
	slices.SortStableFunc(routes, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.Policy, b.Policy))
	})
	var entries []entry
	for len(routes) > 0 {
		first := routes[0]
		n := slices.IndexFunc(routes, func(r ranked) bool { return r.rank != first.rank || r.Policy != first.Policy })
		if n < 0 {
			n = len(routes)
		}
		var some []alternative
		for _, r := range routes[:n] {
			some = append(some, alternative{r.Path, routeAtoms(r.Route)})
		}
		entries = append(entries, mergeAll(some, c.policies[first.Policy].Name, "routes")...)
		routes = routes[n:]
	}
	return entries
}

// rank ranks routes, and leaves out those that have the policy of the one above.
func rank(all []ir.Route) []ranked {
	known := map[string]ranked{} // by path, those left out too
	var kept []ranked
	for _, r := range slices.Backward(all) { // shorter paths first
		one := ranked{Route: r}
		above, ok := nearest(known, r.Path)
		if ok {
			one.rank = above.rank
			if above.Policy != r.Policy {
				one.rank++
			}
		}
		known[r.Path] = one
		if !ok || above.Policy != r.Policy {
			kept = append(kept, one)
		}
	}
	return kept
}

// nearest returns the longest route that a path is below.
func nearest(known map[string]ranked, path string) (ranked, bool) {
	for i := len(path) - 1; i > 0; i-- {
		if path[i-1] != '/' {
			continue
		}
		if r, ok := known[path[:i]]; ok {
			return r, true
		}
	}
	return ranked{}, false
}

// letters returns a literal text as atoms.
func letters(s string) []string {
	var all []string
	for _, c := range s {
		all = append(all, regexp.QuoteMeta(string(c)))
	}
	return all
}
