package ir

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// String prints the program for a reviewer: for each policy the origins, then
// the ready-made response of each branch; then the routes of each site. Variants
// that decide alike are printed once.
func (p *Program) String() string {
	var b strings.Builder
	if len(p.Environments) > 0 {
		fmt.Fprintf(&b, "environments %s\n\n", strings.Join(p.Environments, ", "))
	}
	for i := range p.Policies {
		if i > 0 {
			b.WriteByte('\n')
		}
		p.Policies[i].print(&b)
	}
	for i := range p.Sites {
		p.Sites[i].print(&b, p.Policies)
	}
	for i := range p.DevProxies {
		p.DevProxies[i].print(&b)
	}
	return b.String()
}

func (s *Site) print(b *strings.Builder, policies []Policy) {
	fmt.Fprintf(b, "\nsite %s\n", s.Name)
	for i := range s.Routes {
		r := &s.Routes[i]
		kind := "exact"
		if r.Subtree() {
			kind = "subtree"
		}
		fmt.Fprintf(b, "  %-7s %s\n    policy %s\n", kind, r.Path, policies[r.Policy].Name)
	}
	b.WriteString("  any other path\n    untouched\n")
}

func (p *DevProxy) print(b *strings.Builder) {
	fmt.Fprintf(b, "\ndev_proxy %s\n", p.Name)
	for _, path := range p.Paths {
		fmt.Fprintf(b, "  %s\n", path)
	}
	fmt.Fprintf(b, "    upstream %s\n", p.Upstream)
	if p.StripPrefix {
		b.WriteString("    without the prefix\n")
	}
}

func (p *Policy) print(b *strings.Builder) {
	groups := p.Groups()
	for i, g := range groups {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(b, "policy %s", p.Name)
		if len(p.Variants) > 1 {
			fmt.Fprintf(b, " (%s)", strings.Join(g.Names(), ", "))
		}
		b.WriteByte('\n')
		g.Variant.print(b)
	}
}

// Group is a set of environments in which a policy decides alike.
type Group struct {
	Variant      *Variant // the first of them
	Environments []string // "" for the base
}

// Names returns the environments for people: the base is called "base".
func (g Group) Names() []string {
	names := slices.Clone(g.Environments)
	for i, n := range names {
		if n == "" {
			names[i] = "base"
		}
	}
	return names
}

// Groups returns the variants of p, those with equal decisions together, in the
// order of their first member.
func (p *Policy) Groups() []Group {
	var groups []Group
	index := map[groupKey]int{}
	origins := map[*Pattern]string{}
	for i := range p.Variants {
		v := &p.Variants[i]
		key := v.groupKey(origins)
		at, ok := index[key]
		if !ok {
			at = len(groups)
			index[key] = at
			groups = append(groups, Group{Variant: v})
		}
		groups[at].Environments = append(groups[at].Environments, v.Environment)
	}
	return groups
}

type groupKey struct{ origins, branches string }

// groupKey is equal for variants that decide alike. printed keeps the origins of
// lists that were seen, since most environments inherit theirs.
func (v *Variant) groupKey(printed map[*Pattern]string) groupKey {
	var first *Pattern
	if len(v.Origins.Patterns) > 0 {
		first = &v.Origins.Patterns[0]
	}
	if _, ok := printed[first]; !ok || first == nil {
		var b strings.Builder
		v.Origins.print(&b)
		printed[first] = b.String()
	}
	var b strings.Builder
	v.printBranches(&b)
	return groupKey{printed[first], b.String()}
}

func (v *Variant) print(b *strings.Builder) {
	v.Origins.print(b)
	v.printBranches(b)
}

func (o *Origins) print(b *strings.Builder) {
	if o.Any {
		b.WriteString("  origins any\n")
		return
	}
	b.WriteString("  origins\n")
	for _, p := range o.Patterns {
		fmt.Fprintf(b, "    %s\n", p.Pattern)
	}
}

func (v *Variant) printBranches(b *strings.Builder) {
	v.Preflight.Allowed.print(b, "preflight, origin allowed")
	if !v.Origins.Any {
		v.Preflight.Refused.print(b, "preflight, origin refused")
	}
	v.Actual.Allowed.print(b, "actual, origin allowed")
	if !v.Origins.Any {
		v.Actual.Refused.print(b, "actual, origin refused")
	}
	v.Actual.Absent.print(b, "no origin")
}

func (r *Response) print(b *strings.Builder, title string) {
	fmt.Fprintf(b, "  %s\n", title)
	if r.Status == 0 {
		b.WriteString("    status of the upstream\n")
	} else {
		fmt.Fprintf(b, "    status %d\n", r.Status)
	}
	for _, h := range r.Set {
		fmt.Fprintf(b, "    set    %s: %s\n", h.Name, h.Value)
	}
	for _, name := range r.Delete {
		if !r.sets(name) {
			fmt.Fprintf(b, "    delete %s\n", name)
		}
	}
	if len(r.Vary) > 0 {
		fmt.Fprintf(b, "    merge  Vary: %s\n", strings.Join(r.Vary, ", "))
	}
}

func (r *Response) sets(name string) bool {
	return slices.ContainsFunc(r.Set, func(h Header) bool { return h.Name == name })
}

// String returns a constant as it goes over the wire (quoted if it is empty),
// and an echo as the name of the request header in angle brackets.
func (v Value) String() string {
	switch v.Echo {
	case EchoOrigin:
		return "<Origin>"
	case EchoMethod:
		return "<Access-Control-Request-Method, if it is a token>"
	case EchoHeaders:
		return "<Access-Control-Request-Headers, if it is a list of tokens>"
	}
	if v.Const == "" {
		return strconv.Quote(v.Const)
	}
	return v.Const
}
