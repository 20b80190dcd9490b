package rules

import (
	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/policy"
)

// DropSharedFixes takes the fix from findings that would remove or split an
// element which other attributes have too, from a local or a file: what is too
// much in one of them may be needed in the other. A header that need not be
// exposed may have to be allowed, and an origin without the accepted risk is
// still an origin.
func DropSharedFixes(p *policy.Program, found diag.List) {
	users := map[diag.Range]map[string]bool{} // attributes by their elements
	for _, d := range found {
		if d.Fix != nil && len(d.Fix.New) != 1 {
			users[d.Fix.Range] = map[string]bool{}
		}
	}
	if len(users) == 0 {
		return
	}
	eachElement(p, func(attribute string, at diag.Range) {
		if u, ok := users[at]; ok {
			u[attribute] = true
		}
	})
	for i, d := range found {
		if d.Fix != nil && len(users[d.Fix.Range]) > 1 {
			found[i].Fix = nil
		}
	}
}

// eachElement calls f for the elements of all lists. Those of an accept_risk block
// are an attribute of their own.
func eachElement(p *policy.Program, f func(attribute string, at diag.Range)) {
	items := func(attribute string, list []policy.Item) {
		for _, item := range list {
			f(attribute, item.Range)
		}
	}
	settings := func(s *policy.Settings) {
		for _, o := range s.AllowOrigins.Value {
			f("allow_origins", o.Range)
		}
		items("allow_methods", s.AllowMethods.Value)
		items("allow_headers", s.AllowHeaders.Value)
		items("expose_headers", s.ExposeHeaders.Value)
	}
	for i := range p.Policies {
		settings(&p.Policies[i].Settings)
		for j := range p.Policies[i].Environments {
			settings(&p.Policies[i].Environments[j].Settings)
		}
		for _, risk := range p.Policies[i].Accepted {
			items(risk.Block.String(), risk.Origins)
		}
	}
}
