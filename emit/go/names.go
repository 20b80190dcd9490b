package golang

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// exported is a name that the output exports.
type exported struct {
	name string
	what string // that it stands for
	src  diag.Range
}

// exports returns what the output exports, the names that nobody chose first.
func exports(p *ir.Program, o emit.Options) []exported {
	var all []exported
	if o.Observe {
		for _, name := range observedNames() {
			all = append(all, exported{name: name, what: "the attribute observe"})
		}
	}
	for _, e := range p.Environments {
		all = append(all, exported{name: environmentName(e), what: fmt.Sprintf("environment %q", e)})
	}
	for i := range p.Policies {
		policy := &p.Policies[i]
		for _, suffix := range suffixes(p, o, "", allowsOrigin) {
			all = append(all, exported{ir.Identifier(policy.Name) + suffix, fmt.Sprintf("policy %q", policy.Name), policy.Src})
		}
	}
	for i := range p.Sites {
		site := &p.Sites[i]
		for _, suffix := range suffixes(p, o, "") {
			all = append(all, exported{ir.Identifier(site.Name) + suffix, fmt.Sprintf("site %q", site.Name), site.Src})
		}
	}
	return all
}

// suffixes are what the functions of a policy or a site are called beside its
// name, by those that every output has.
func suffixes(p *ir.Program, o emit.Options, all ...string) []string {
	if f, ok := frameworks[o.Framework]; ok {
		all = append(all, f.suffix)
	}
	if len(p.Environments) > 0 {
		for _, suffix := range slices.Clone(all) {
			all = append(all, suffix+in)
		}
	}
	return all
}

const (
	allowsOrigin = "AllowsOrigin"
	in           = "In"
)

func environmentName(environment string) string {
	return "Environment" + environmentIdentifier(environment)
}

// environmentIdentifier is ir.Identifier for the name of an environment, which may
// hold a "-".
func environmentIdentifier(environment string) string {
	return ir.Identifier(strings.ReplaceAll(environment, "-", "_"))
}

// checkNames reports names that the output would export twice.
func checkNames(p *ir.Program, o emit.Options) diag.List {
	var found diag.List
	first := map[string]exported{}
	for _, e := range exports(p, o) {
		other, taken := first[e.name]
		if !taken {
			first[e.name] = e
			continue
		}
		found = append(found, diag.Diagnostic{
			Code:    "C006",
			Summary: fmt.Sprintf("Two things would be called %s in Go", e.name),
			Detail:  fmt.Sprintf("They belong to %s and %s. Rename one of them.", other.what, e.what),
			Range:   e.src,
		})
	}
	return found
}

// namedPolicy is a policy with its names in Go. Everything unexported that is
// printed for a variant is a lower-case word and its key, so that it meets
// neither the runtime's names, which start with "cors", nor another variant's.
type namedPolicy struct {
	*ir.Policy
	id           string
	environments []string
	variants     []*namedVariant // the first is id's own
}

type namedVariant struct {
	ir.Group
	key     string
	origins string // the key of the variant whose origins are the same
}

// named returns the policies of p with the variants that the output needs: that
// of the environment it is for, and those of all environments.
func named(p *ir.Program, environment string) []*namedPolicy {
	taken := map[string]bool{}
	policies := make([]*namedPolicy, len(p.Policies))
	for i := range p.Policies {
		policy := &p.Policies[i]
		n := &namedPolicy{Policy: policy, id: ir.Identifier(policy.Name), environments: p.Environments}
		n.variants = orderGroups(policy.Groups(), environment)
		n.variants[0].key = n.id
		taken[n.id] = true
		policies[i] = n
	}
	for _, n := range policies {
		for _, v := range n.variants[1:] {
			v.key = unique(taken, n.id+in+environmentIdentifier(v.environment()))
		}
		n.shareOrigins()
	}
	return policies
}

// orderGroups puts the group of an environment first and leaves out a base that
// no environment shares.
func orderGroups(groups []ir.Group, environment string) []*namedVariant {
	variants := make([]*namedVariant, 1, len(groups))
	for _, g := range groups {
		switch v := (&namedVariant{Group: g}); {
		case slices.Contains(g.Environments, environment):
			variants[0] = v
		case v.environment() != "":
			variants = append(variants, v)
		}
	}
	return variants
}

// environment returns the first environment of v that is not the base, or "".
func (v *namedVariant) environment() string {
	for _, e := range v.Environments {
		if e != "" {
			return e
		}
	}
	return ""
}

func unique(taken map[string]bool, key string) string {
	name := key
	for i := 2; taken[name]; i++ {
		name = key + strconv.Itoa(i)
	}
	taken[name] = true
	return name
}

func (n *namedPolicy) shareOrigins() {
	first := map[string]string{}
	for _, v := range n.variants {
		var b strings.Builder
		for _, p := range v.Variant.Origins.Patterns {
			b.WriteString(p.String() + "\n")
		}
		if _, ok := first[b.String()]; !ok {
			first[b.String()] = v.key
		}
		v.origins = first[b.String()]
	}
}
