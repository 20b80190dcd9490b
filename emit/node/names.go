package node

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/ir"
)

// Identifier returns the name in JavaScript for a name of the policy language:
// "public_api" becomes "publicApi". It holds no "_", so that it and a word behind
// "_" are never the name of anything else. What the language keeps for itself gets
// "Cors" behind it.
func Identifier(name string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '_' || r == '-' }) {
		if b.Len() > 0 {
			word = strings.ToUpper(word[:1]) + word[1:]
		}
		b.WriteString(word)
	}
	if id := b.String(); !reserved[id] {
		return id
	}
	return b.String() + "Cors"
}

// reserved are the words that cannot name a variable of a module, or that mean
// something else in one (https://tc39.es/ecma262/#sec-keywords-and-reserved-words).
var reserved = set(`arguments await break case catch class const continue debugger default delete do else enum eval export
extends false finally for function if implements import in instanceof interface let new null package private protected public
return static super switch this throw true try typeof var void while with yield exports module require undefined globalThis
process global`)

func set(text string) map[string]bool {
	words := map[string]bool{}
	for _, word := range strings.Fields(text) {
		words[word] = true
	}
	return words
}

// Exports returns the names that the module exports.
func Exports(p *ir.Program) []string {
	var all []string
	for i := range p.Policies {
		all = append(all, Identifier(p.Policies[i].Name))
	}
	for i := range p.Sites {
		all = append(all, Identifier(p.Sites[i].Name))
	}
	return all
}

// checkNames reports names that the module would export twice.
func checkNames(p *ir.Program) diag.List {
	var found diag.List
	first := map[string]string{}
	add := func(name, what string, src diag.Range) {
		id := Identifier(name)
		if other, taken := first[id]; taken {
			found = append(found, diag.Diagnostic{
				Code:    "C006",
				Summary: fmt.Sprintf("Two things would be called %s in JavaScript", id),
				Detail:  fmt.Sprintf("They belong to %s and %s. Rename one of them.", other, what),
				Range:   src,
			})
		}
		first[id] = what
	}
	for i := range p.Policies {
		add(p.Policies[i].Name, fmt.Sprintf("policy %q", p.Policies[i].Name), p.Policies[i].Src)
	}
	for i := range p.Sites {
		add(p.Sites[i].Name, fmt.Sprintf("site %q", p.Sites[i].Name), p.Sites[i].Src)
	}
	return found
}

// namedPolicy is a policy with its names in JavaScript.
type namedPolicy struct {
	*ir.Policy
	id       string
	base     string            // the environment that the output is for
	variants []*namedVariant   // that of base first
	keys     map[string]string // the key of the variant of each environment
}

type namedVariant struct {
	ir.Group
	key     string
	origins string // the key of the variant whose origins are the same
}

// named returns the policies of p with the variants that the output needs: that
// of the environment it is for, and those of all environments.
func named(p *ir.Program, base string) []*namedPolicy {
	policies := make([]*namedPolicy, len(p.Policies))
	for i := range p.Policies {
		policies[i] = newNamedPolicy(&p.Policies[i], base)
	}
	return policies
}

func newNamedPolicy(p *ir.Policy, base string) *namedPolicy {
	n := &namedPolicy{Policy: p, id: Identifier(p.Name), base: base, keys: map[string]string{}}
	taken := map[string]bool{}
	for _, g := range p.Groups() {
		v := &namedVariant{Group: g}
		switch {
		case slices.Contains(g.Environments, base):
			v.key = n.id + "_policy"
			n.variants = slices.Insert(n.variants, 0, v)
		case v.names()[0] != "":
			v.key = unique(taken, n.id+"_in_"+Identifier(v.names()[0]))
			n.variants = append(n.variants, v)
		default:
			continue // a base that no environment shares
		}
		for _, e := range g.Environments {
			n.keys[e] = v.key
		}
	}
	n.shareOrigins()
	return n
}

// names returns the environments of v, the base only where there is no other.
func (v *namedVariant) names() []string {
	if len(v.Environments) > 1 && v.Environments[0] == "" {
		return v.Environments[1:]
	}
	return v.Environments
}

func unique(taken map[string]bool, key string) string {
	name := key
	for i := 2; taken[name]; i++ {
		name = key + "_" + strconv.Itoa(i)
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
		if first[b.String()] == "" {
			first[b.String()] = v.key
		}
		v.origins = first[b.String()]
	}
}
