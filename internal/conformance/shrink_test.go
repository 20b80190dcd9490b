package conformance_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
	"github.com/corsgen/corsgen/ir"
)

// report prints a difference as small as it gets: the policy, and the exchange in
// the form of a requests.txt.
func (r *random) report(s server, addr string, e golden.Exchange) {
	r.Helper()
	program := r.program
	e = r.shrinkExchange(program, s, addr, e)
	plan := ""
	if r.found == 0 { // each step starts a server
		program, s = r.shrinkProgram(s, e)
		plan = about(program, s)
	}
	client := conformance.Client{Addr: addr, Upstream: r.upstream}
	defer client.Close()
	got, err := client.Send(e.Request, e.Upstream)
	r.Errorf("%s differs from the reference (-reference +server)\n%v%s\n%s\n%s", r.Name(), err, cmp.Diff(promises(program, s, e)[0], got), exchangeText(e), plan)
}

// differs reports whether a server answers what it should not.
func (r *random) differs(p *ir.Program, s server, addr string, e golden.Exchange) bool {
	client := conformance.Client{Addr: addr, Upstream: r.upstream}
	defer client.Close()
	got, err := client.Send(e.Request, e.Upstream)
	return err != nil || !isPromised(promises(p, s, e), e, got)
}

// shrinkExchange leaves out what the difference does not need.
func (r *random) shrinkExchange(p *ir.Program, s server, addr string, e golden.Exchange) golden.Exchange {
	try := func(change func(*golden.Exchange)) bool {
		smaller := e
		smaller.Request.Fields = slices.Clone(e.Request.Fields)
		change(&smaller)
		if !r.differs(p, s, addr, smaller) {
			return false
		}
		e = smaller
		return true
	}
	try(func(e *golden.Exchange) { e.Upstream = nil })
	try(func(e *golden.Exchange) { e.Request.Method = "GET" })
	try(func(e *golden.Exchange) { e.Request.Target = "/" })
	e.Request.Fields = shrink(e.Request.Fields, func(fields []golden.Field) bool {
		return try(func(e *golden.Exchange) { e.Request.Fields = fields })
	})
	for i := range e.Request.Fields {
		shrink([]byte(e.Request.Fields[i].Value), func(value []byte) bool {
			return try(func(e *golden.Exchange) { e.Request.Fields[i].Value = string(value) })
		})
	}
	shrink([]byte(e.Request.Target[1:]), func(path []byte) bool {
		return try(func(e *golden.Exchange) { e.Request.Target = "/" + string(path) })
	})
	return e
}

// shrinkProgram leaves out other policies, sites, routes and patterns, so far as the
// difference is still there on a server of its own.
func (r *random) shrinkProgram(s server, e golden.Exchange) (*ir.Program, server) {
	best := *r.program
	try := func(change func(*ir.Program)) bool {
		p := best
		p.Policies, p.Sites = slices.Clone(best.Policies), slices.Clone(best.Sites)
		change(&p)
		i := slices.IndexFunc(servers(&p), func(other server) bool { return other.name == s.name })
		smaller := servers(&p)[i]
		addr := r.start(r, &p, "", r.upstream.Addr)[s.name]
		if !r.differs(&p, smaller, addr, e) {
			return false
		}
		best, s = p, smaller
		return true
	}
	try(func(p *ir.Program) {
		p.Sites = slices.DeleteFunc(p.Sites, func(other ir.Site) bool { return other.Name != s.name })
		if s.site == nil {
			p.Policies = slices.DeleteFunc(p.Policies, func(other ir.Policy) bool { return other.Name != s.name })
		}
	})
	if s.site != nil {
		shrink(s.site.Routes, func(routes []ir.Route) bool {
			return len(routes) > 0 && try(func(p *ir.Program) { p.Sites[siteIndex(p, s.name)].Routes = routes })
		})
	}
	name := conformance.PolicyOf(&best, e)
	for i := range best.Policies {
		if best.Policies[i].Name != name {
			continue
		}
		shrink(best.Policies[i].Variants[0].Origins.Patterns, func(patterns []ir.Pattern) bool {
			return len(patterns) > 0 && try(func(p *ir.Program) {
				p.Policies[i].Variants = slices.Clone(p.Policies[i].Variants)
				p.Policies[i].Variants[0].Origins.Patterns = patterns
			})
		})
	}
	return &best, s
}

func siteIndex(p *ir.Program, name string) int {
	return slices.IndexFunc(p.Sites, func(s ir.Site) bool { return s.Name == name })
}

// shrink takes parts out of a list, ever smaller ones, as long as it still does what
// it is to do, and returns what is left.
func shrink[T any](list []T, does func([]T) bool) []T {
	for size := (len(list) + 1) / 2; size > 0; size /= 2 {
		for from := 0; from < len(list); {
			without := slices.Concat(list[:from], list[min(from+size, len(list)):])
			if does(without) {
				list = without
			} else {
				from += size
			}
		}
	}
	return list
}

// about returns what decides at a server: the plan of its policies.
func about(p *ir.Program, s server) string {
	var used ir.Program
	for i := range p.Policies {
		isRouted := s.site != nil && slices.ContainsFunc(s.site.Routes, func(r ir.Route) bool { return r.Policy == i })
		if p.Policies[i].Name == s.name || isRouted {
			used.Policies = append(used.Policies, p.Policies[i])
		}
	}
	text := used.String()
	if s.site != nil {
		for _, r := range s.site.Routes {
			text += fmt.Sprintf("route %s: policy %s\n", r.Path, p.Policies[r.Policy].Name)
		}
	}
	return text
}

// exchangeText returns a request, and what the upstream answers, in the notation of
// a requests.txt.
func exchangeText(e golden.Exchange) string {
	var b strings.Builder
	if e.Site != "" {
		fmt.Fprintf(&b, "@ site=%s\n", e.Site)
	} else {
		fmt.Fprintf(&b, "@ policy=%s\n", e.Policy)
	}
	fmt.Fprintf(&b, "> %s %s\n", e.Request.Method, e.Request.Target)
	for _, f := range e.Request.Fields {
		fmt.Fprintf(&b, "> %s: %s\n", f.Name, f.Value)
	}
	if up := e.Upstream; up != nil {
		fmt.Fprintf(&b, "| %d\n", up.Status)
		for _, f := range up.Fields {
			fmt.Fprintf(&b, "| %s: %s\n", f.Name, f.Value)
		}
	}
	return b.String()
}
