package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/ir"
)

func (c *comparison) policies() {
	gone, fresh := missing(c.old.Policies, c.newPolicies), missing(c.new.Policies, c.oldPolicies)
	c.pairNames(gone, fresh)
	for i := range c.new.Policies {
		p := &c.new.Policies[i]
		s := Subject{Kind: KindPolicy, State: Changed, Name: p.Name, Routes: c.routes[i]}
		old, oldName := c.oldPolicies[p.Name], c.oldNames[p.Name]
		switch {
		case old != nil:
			c.compare(s, old, p)
		case oldName != "":
			s.State, s.OldName, s.Everywhere = Renamed, oldName, true
			c.subjects = append(c.subjects, s)
		default:
			s.State = Added
			c.compare(s, nil, p)
		}
	}
	for _, p := range gone {
		if _, renamed := c.names[p.Name]; !renamed {
			c.compare(Subject{Kind: KindPolicy, State: Removed, Name: p.Name}, p, nil)
		}
	}
}

func byName(policies []ir.Policy) map[string]*ir.Policy {
	m := make(map[string]*ir.Policy, len(policies))
	for i := range policies {
		m[policies[i].Name] = &policies[i]
	}
	return m
}

// missing returns the policies whose names the others do not have.
func missing(policies []ir.Policy, others map[string]*ir.Policy) []*ir.Policy {
	var list []*ir.Policy
	for i := range policies {
		if others[policies[i].Name] == nil {
			list = append(list, &policies[i])
		}
	}
	return list
}

// pairNames finds policies that decide the same under another name, each once.
func (c *comparison) pairNames(gone, fresh []*ir.Policy) {
	byPrint := map[string][]string{}
	for _, p := range fresh {
		print := c.print(p)
		byPrint[print] = append(byPrint[print], p.Name)
	}
	for _, p := range gone {
		print := c.print(p)
		if names := byPrint[print]; len(names) > 0 {
			c.names[p.Name], c.oldNames[names[0]], byPrint[print] = names[0], p.Name, names[1:]
		}
	}
}

// print returns a text that is the same for policies that allow the same and
// write their origins alike, in any order.
func (c *comparison) print(p *ir.Policy) string {
	var b strings.Builder
	for _, environment := range c.environments {
		s := c.side(p, environment)
		fmt.Fprintln(&b, s.origins.Any(), s.credentials, s.gate, s.maxAge, s.status)
		for _, n := range []names{s.methods, s.headers, s.exposed} {
			keys := make([]string, 0, len(n.keys))
			for k := range n.keys {
				keys = append(keys, k)
			}
			slices.Sort(keys)
			fmt.Fprintf(&b, "%v %q\n", n.any, keys)
		}
		var texts []string
		for _, p := range s.origins.Patterns() {
			texts = append(texts, p.String())
		}
		slices.Sort(texts)
		fmt.Fprintln(&b, texts)
	}
	return b.String()
}

// routes returns where p uses its policies: site and path, by policy.
func routes(p *ir.Program) map[int][]string {
	m := map[int][]string{}
	for i := range p.Sites {
		for _, r := range p.Sites[i].Routes {
			m[r.Policy] = append(m[r.Policy], p.Sites[i].Name+" "+r.Path)
		}
	}
	for _, list := range m {
		slices.Sort(list)
	}
	return m
}
