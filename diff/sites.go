package diff

import (
	"slices"
	"strings"

	"github.com/corsgen/corsgen/ir"
)

// sites tells of the paths that another policy is for now, if it allows something
// else. What became of the policies themselves is told of them.
func (c *comparison) sites() {
	renamed := c.renamedSites()
	for i := range c.new.Sites {
		s := &c.new.Sites[i]
		if old, ok := renamed[s.Name]; ok {
			c.subjects = append(c.subjects, Subject{Kind: KindSite, State: Renamed, Name: s.Name, OldName: old, Everywhere: true})
			continue
		}
		c.site(s.Name, findSite(c.old.Sites, s.Name), s)
	}
	for i := range c.old.Sites {
		s := &c.old.Sites[i]
		isRenamed := false
		for _, old := range renamed {
			isRenamed = isRenamed || old == s.Name
		}
		if findSite(c.new.Sites, s.Name) == nil && !isRenamed {
			c.site(s.Name, s, nil)
		}
	}
}

func findSite(sites []ir.Site, name string) *ir.Site {
	for i := range sites {
		if sites[i].Name == name {
			return &sites[i]
		}
	}
	return nil
}

// renamedSites returns the old names of sites that have the same routes under a
// new one.
func (c *comparison) renamedSites() map[string]string {
	gone := map[string]string{} // by routes
	for i := range c.old.Sites {
		if s := &c.old.Sites[i]; findSite(c.new.Sites, s.Name) == nil {
			gone[c.table(c.old, s)] = s.Name
		}
	}
	renamed := map[string]string{}
	for i := range c.new.Sites {
		s := &c.new.Sites[i]
		table := c.table(c.new, s)
		if old, ok := gone[table]; ok && findSite(c.old.Sites, s.Name) == nil {
			renamed[s.Name] = old
			delete(gone, table)
		}
	}
	return renamed
}

// table returns the routes of a site with the new names of their policies.
func (c *comparison) table(p *ir.Program, s *ir.Site) string {
	var b strings.Builder
	for _, r := range s.Routes {
		b.WriteString(r.Path + " " + c.newName(p, &p.Policies[r.Policy]) + "\n")
	}
	return b.String()
}

// newName returns the name that a policy of p has in the new program.
func (c *comparison) newName(p *ir.Program, policy *ir.Policy) string {
	if name, ok := c.names[policy.Name]; ok && p == c.old {
		return name
	}
	return policy.Name
}

func (c *comparison) site(name string, old, new *ir.Site) {
	for _, path := range paths(old, new) {
		before, after := policyAt(c.old, old, path), policyAt(c.new, new, path)
		s := Subject{Kind: KindRoute, State: Changed, Name: name, Path: path}
		switch {
		case before == nil && after == nil, before != nil && after != nil && c.newName(c.old, before) == after.Name:
			continue
		case before == nil:
			s.State, s.NewPolicy = Added, after.Name
		case after == nil:
			s.State, s.OldPolicy = Removed, before.Name
		default:
			s.OldPolicy, s.NewPolicy = before.Name, after.Name
		}
		c.compare(s, before, after)
	}
}

// paths returns the paths of all routes, sorted.
func paths(sites ...*ir.Site) []string {
	var list []string
	for _, s := range sites {
		if s == nil {
			continue
		}
		for _, r := range s.Routes {
			list = append(list, r.Path)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// policyAt returns the policy for the path of a route, of either program, and for
// whatever below it no longer route is for; nil for none.
func policyAt(p *ir.Program, s *ir.Site, path string) *ir.Policy {
	if s == nil {
		return nil
	}
	for i := range s.Routes { // the longest first
		if r := &s.Routes[i]; r.Path == path || r.Subtree() && strings.HasPrefix(path, r.Path) {
			return &p.Policies[r.Policy]
		}
	}
	return nil
}
