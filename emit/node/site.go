package node

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// printSite prints what a site exports, and before it its routes.
func (m *module) printSite(s *ir.Site) {
	id := Identifier(s.Name)
	policies := m.policiesOf(s)
	m.Comment(fmt.Sprintf("The routes of %s, the longest first, each with its policy's number.", id))
	m.Line(0, "const %s_routes = [", id)
	for _, r := range s.Routes {
		n := m.policies[r.Policy]
		m.Line(1, "[%s, %d], // %s (%s)", Quote(r.Path), slices.Index(policies, n), n.id, emit.Place(r.Src))
	}
	m.Line(0, "];\n")
	m.Doc(fmt.Sprintf("The site %q (%s): applies to each request the policy of its path, and leaves others alone.", s.Name, emit.Place(s.Src)), nil, "")
	in := func(e string) string { return keysOf(policies, e) }
	m.Line(0, "const %s = $site(%s_routes, %s, %s);\n", id, id, in(m.options.Environment), m.environments(in))
}

// policiesOf returns the policies that the routes choose from, each once.
func (m *module) policiesOf(s *ir.Site) []*namedPolicy {
	var policies []*namedPolicy
	for _, r := range s.Routes {
		if n := m.policies[r.Policy]; !slices.Contains(policies, n) {
			policies = append(policies, n)
		}
	}
	return policies
}

// keysOf prints policies as they stand in an environment as a list.
func keysOf(policies []*namedPolicy, environment string) string {
	keys := make([]string, len(policies))
	for i, n := range policies {
		keys[i] = n.keys[environment]
	}
	return "[" + strings.Join(keys, ", ") + "]"
}
