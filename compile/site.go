package compile

import (
	"fmt"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/policy"
)

// compileSites resolves the policies that routes name.
func compileSites(p *policy.Program) []ir.Site {
	index := map[string]int{}
	for i := range p.Policies {
		index[p.Policies[i].Name] = i
	}
	var sites []ir.Site
	for _, s := range p.Sites {
		site := ir.Site{Name: s.Name, Src: s.Range}
		for _, r := range s.Routes {
			site.Routes = append(site.Routes, ir.Route{Path: r.Path, Policy: index[r.Policy], Src: r.Range})
		}
		ir.SortRoutes(site.Routes)
		sites = append(sites, site)
	}
	return sites
}

// named is a policy or a site, which becomes a function in Go.
type named struct {
	kind, name string
	src        diag.Range
}

func names(p *policy.Program) []named {
	var all []named
	for i := range p.Policies {
		all = append(all, named{"policy", p.Policies[i].Name, p.Policies[i].Range})
	}
	for i := range p.Sites {
		all = append(all, named{"site", p.Sites[i].Name, p.Sites[i].Range})
	}
	return all
}

// checkIdentifiers reports policies and sites whose names give the same Go
// identifier.
func checkIdentifiers(p *policy.Program) diag.List {
	var diags diag.List
	first := map[string]named{}
	for _, n := range names(p) {
		id := ir.Identifier(n.name)
		other, taken := first[id]
		if !taken {
			first[id] = n
			continue
		}
		if other.name == n.name {
			continue // the language has reported the duplicate
		}
		diags = append(diags, diag.Diagnostic{
			Code:    "C006",
			Summary: fmt.Sprintf("The names %q and %q collide in Go", other.name, n.name),
			Detail:  fmt.Sprintf("Both become the Go identifier %s. Rename one of them.", id),
			Range:   n.src,
			Related: []diag.Related{{Message: fmt.Sprintf("%s %q is here", other.kind, other.name), Range: other.src}},
		})
	}
	return diags
}
