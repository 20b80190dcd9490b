package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/ir"
)

func (c *comparison) policies() {
	gone, fresh := missing(c.old.Policies, c.new.Policies), missing(c.new.Policies, c.old.Policies)
	c.pairNames(gone, fresh)
	for i := range c.new.Policies {
		p := &c.new.Policies[i]
		s := Subject{Kind: KindPolicy, State: Changed, Name: p.Name, Routes: c.routes(i)}
		old := find(c.old.Policies, p.Name)
		switch {
		case old != nil:
			c.compare(s, old, p)
		case c.oldName(p.Name) != "":
			s.State, s.OldName, s.Everywhere = Renamed, c.oldName(p.Name), true
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

func find(policies []ir.Policy, name string) *ir.Policy {
	for i := range policies {
		if policies[i].Name == name {
			return &policies[i]
		}
	}
	return nil
}

// missing returns the policies whose names the others do not have.
func missing(policies, others []ir.Policy) []*ir.Policy {
	has := map[string]bool{}
	for i := range others {
		has[others[i].Name] = true
	}
	var list []*ir.Policy
	for i := range policies {
		if !has[policies[i].Name] {
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
			c.names[p.Name], byPrint[print] = names[0], names[1:]
		}
	}
}

func (c *comparison) oldName(name string) string {
	for old, new := range c.names {
		if new == name {
			return old
		}
	}
	return ""
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

// routes returns where the new program uses a policy.
func (c *comparison) routes(policy int) []string {
	var list []string
	for i := range c.new.Sites {
		for _, r := range c.new.Sites[i].Routes {
			if r.Policy == policy {
				list = append(list, c.new.Sites[i].Name+" "+r.Path)
			}
		}
	}
	slices.Sort(list)
	return list
}
