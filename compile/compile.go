// Package compile turns a policy program into a program of decisions. Every
// default of the language and every decision of CORS is made here, once, so that
// no target makes one of its own.
package compile

import (
	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/origin"
	"github.com/corsgen/corsgen/policy"
)

// Program compiles p. Findings of severity error mean that the result must not
// be used for output. The result is never nil.
func Program(p *policy.Program) (*ir.Program, diag.List) {
	out := &ir.Program{Sources: p.Sources}
	for _, e := range p.Environments {
		out.Environments = append(out.Environments, e.Text)
	}
	f := findings{diags: checkIdentifiers(p), lists: map[listKey]list{}}
	for i := range p.Policies {
		out.Policies = append(out.Policies, compilePolicy(&p.Policies[i], out.Environments, &f))
	}
	out.Sites = compileSites(p)
	out.DevProxies = compileDevProxies(p)
	f.checkTests(p)
	return out, f.diags.Sorted()
}

func compilePolicy(p *policy.Policy, environments []string, f *findings) ir.Policy {
	out := ir.Policy{Name: p.Name, Src: p.Range}
	base := compileVariant("", p.Settings, compileOrigins(p.Settings.AllowOrigins.Value), p.Range, f)
	out.Variants = append(out.Variants, base)
	for _, name := range environments {
		v := base
		v.Environment = name
		if block := environmentBlock(p, name); block != nil {
			origins := base.Origins
			if own := block.Settings.AllowOrigins; own.Set {
				origins = compileOrigins(own.Value)
			}
			v = compileVariant(name, p.In(name), origins, block.Range, f)
		}
		out.Variants = append(out.Variants, v)
	}
	return out
}

func environmentBlock(p *policy.Policy, name string) *policy.Environment {
	for i := range p.Environments {
		if p.Environments[i].Name == name {
			return &p.Environments[i]
		}
	}
	return nil
}

func compileVariant(environment string, s policy.Settings, origins ir.Origins, src diag.Range, f *findings) ir.Variant {
	r := resolve(environment, s, f)
	r.any = origins.Any
	v := ir.Variant{Environment: environment, Description: s.Description.Value, Origins: origins, Src: src}
	v.Preflight.Allowed = r.preflightAllowed()
	v.Preflight.Refused = ir.Response{Status: 403, Vary: preflightVary()}
	v.Actual = r.actual()
	return v
}

// compileOrigins drops what another entry already covers: an origin is allowed
// or not, and every target has fewer tests to make.
func compileOrigins(entries []policy.Origin) ir.Origins {
	patterns := make([]origin.Pattern, 0, len(entries))
	for _, e := range entries {
		if e.Any {
			return ir.Origins{Any: true}
		}
		patterns = append(patterns, e.Pattern)
	}
	var out ir.Origins
	for _, i := range origin.Reduce(patterns) {
		out.Patterns = append(out.Patterns, ir.Pattern{Pattern: entries[i].Pattern, Src: entries[i].Range})
	}
	return out
}
