package nginx

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/origin"
)

// patterns are the patterns of a policy by how nginx finds them. Literal keys of
// a map are hashed, so any number of them costs the same; regular expressions
// are tried one by one.
type patterns struct {
	literals []ir.Pattern            // exact, without capital letters
	viewed   map[string][]ir.Pattern // by the role of the view in which they are looked up
	regexps  []ir.Pattern            // other wildcards
	capitals []ir.Pattern            // exact with capital letters, to which the keys of a map are blind
}

// minViewed is the number of patterns from which rewriting the request's origin
// to look them up is cheaper than trying them one by one.
const minViewed = 4

// maxTail is the number of labels behind "**." up to which a pattern is looked
// up: the cost of cutting a host grows with their square.
const maxTail = 8

func split(all []ir.Pattern) patterns {
	p := patterns{viewed: map[string][]ir.Pattern{}}
	for _, one := range all {
		switch {
		case strings.ToLower(one.String()) != one.String():
			p.capitals = append(p.capitals, one)
		case one.Exact():
			p.literals = append(p.literals, one)
		case isStar(one.Pattern), one.Deep() && len(one.Labels()) <= maxTail:
			p.viewed[viewRole(one)] = append(p.viewed[viewRole(one)], one)
		default:
			p.regexps = append(p.regexps, one)
		}
	}
	for _, role := range slices.Sorted(maps.Keys(p.viewed)) {
		if some := p.viewed[role]; len(some) < minViewed {
			p.regexps = append(p.regexps, some...)
			delete(p.viewed, role)
		}
	}
	return p
}

// wild reports whether there are patterns with wildcards.
func (p patterns) wild() bool { return len(p.viewed)+len(p.regexps) > 0 }

// isStar reports whether p is a "*" as the first label and exact otherwise.
func isStar(p origin.Pattern) bool {
	labels := p.Labels()
	return !p.Deep() && p.Port() != "*" && len(labels) > 1 && labels[0] == origin.Label{Wild: origin.Star} && !wild(labels[1:])
}

func wild(labels []origin.Label) bool {
	return slices.ContainsFunc(labels, func(l origin.Label) bool { return l.Wild != origin.None })
}

// view is the request's origin with a part of its host rewritten as patterns
// write it, to look them up.
type view struct {
	role, comment string
	cut, written  string // a regular expression, and what becomes of a match
	folder        *folder
}

// viewRole returns the role of the view in which p is looked up.
func viewRole(p ir.Pattern) string {
	if p.Deep() {
		return "deep" + strconv.Itoa(len(p.Labels()))
	}
	return "star"
}

// newViews returns the views that some policy needs.
func newViews(c *config) []view {
	const label = "[a-z0-9_-]++"
	all := []view{{
		role: "star", comment: `The origin with a "*" for its first label, to look up patterns such as https://*.example.com.`,
		cut: `^(https?://)[a-z0-9_-]+(\..+)$`, written: `"$1*$2"`,
	}}
	for n := 1; n <= maxTail; n++ {
		all = append(all, view{
			role: "deep" + strconv.Itoa(n), comment: fmt.Sprintf(`The origin with "**." for all but its last labels, %d of them.`, n),
			cut:     fmt.Sprintf(`^(https?://)(?:%s\.)+((?:%[1]s\.){%d}%[1]s(?::[0-9]++)?)$`, label, n-1),
			written: `"$1**.$2"`,
		})
	}
	var needed []view
	for _, v := range all {
		var some, literals []ir.Pattern
		for _, p := range c.policies {
			some = append(some, p.patterns.viewed[v.role]...)
		}
		if len(some) > 0 {
			literals, _ = literal(some)
			v.folder = newFolder(c, c.variable(v.role), v.role, literals)
			needed = append(needed, v)
		}
	}
	return needed
}

// literal separates the patterns that are literal keys in their view.
func literal(all []ir.Pattern) (literals, others []ir.Pattern) {
	for _, p := range all {
		if isStar(p.Pattern) || p.Port() != "*" && !wild(p.Labels()) {
			literals = append(literals, p)
		} else {
			others = append(others, p)
		}
	}
	return literals, others
}

// print prints the view of the request's origin.
func (v view) print(b *strings.Builder, c *config) {
	b.WriteString("\n# " + v.comment + "\n")
	mapping{source: c.variable("origin"), variable: c.variable(v.role), entries: []entry{
		{"default", `""`, ""}, {quoteRegexp(v.cut), v.written, ""},
	}}.print(b)
	v.folder.print(b, c)
}

// maps returns the maps that look up a policy's patterns in the view.
func (v view) maps(c *config, p policy, places bool) []mapping {
	literals, others := literal(p.patterns.viewed[v.role])
	return join(
		mapping{source: v.folder.source(literals), variable: p.variable(c, v.role), entries: v.folder.entries(literals, "allowed", places)},
		mapping{source: c.variable(v.role), variable: p.variable(c, "tail"+strings.TrimPrefix(v.role, "deep")), entries: regexps(others, places, true)},
	)
}

// join returns one map for two of the same source. The first must hold literal
// keys alone, which nginx looks up before it tries others.
func join(literals, others mapping) []mapping {
	if literals.source != others.source {
		return []mapping{literals, others}
	}
	literals.entries = append(literals.entries, others.entries...)
	return []mapping{literals}
}

// branches prints the maps that turn the request's origin into the branch of the
// policy: $corsgen_who_NAME is allowed, refused or absent.
func (c *config) branches(b *strings.Builder, p policy) {
	if p.variant.Origins.Any {
		mapping{source: "$http_origin", variable: p.variable(c, "who"), entries: []entry{
			{"default", "allowed", ""}, {`""`, "absent", ""},
		}}.print(b)
		return
	}
	places := len(p.variant.Origins.Patterns) <= maxPlaces
	upper := mapping{source: "$http_origin", variable: p.variable(c, "upper"), entries: regexps(p.patterns.capitals, places, false)}
	who := c.who(b, p, c.exact(b, p, upper), places)
	var viewed []mapping
	for _, v := range c.views {
		viewed = append(viewed, v.maps(c, p, places)...)
	}
	others := mapping{source: c.variable("origin"), variable: p.variable(c, "wild"), entries: regexps(p.patterns.regexps, places, false)}
	chain := join(who, others)
	printChain(b, slices.Concat(chain[:1], viewed, chain[1:], []mapping{upper})...)
}

// foreign is a regular expression for what the keys of a map cannot be compared
// with. A blank is in folded keys alone.
const foreign = "[A-Z ]"

// maxDirect is the number of keys up to which each has a variable for its value.
// nginx keeps a copy of it for every key, some 300 bytes, and texts once.
const maxDirect = 1000

// who returns the map that looks up the exact origins of a policy.
func (c *config) who(b *strings.Builder, p policy, exact string, places bool) mapping {
	who := mapping{source: c.variable("origin"), variable: p.variable(c, "who"), entries: []entry{{`""`, "absent", ""}}}
	literals := p.patterns.literals
	switch {
	case len(literals) > maxDirect:
		list := mapping{source: c.keys.source(literals), variable: p.variable(c, "listed"), entries: []entry{{"default", "no", ""}, {`""`, `""`, ""}}}
		list.entries = append(list.entries, c.keys.entries(literals, "yes", places)...)
		list.print(b)
		who.source, who.entries = list.variable, append(who.entries, entry{"yes", exact, ""})
	case len(literals) > 0 || !p.patterns.wild():
		who.source, who.entries = c.keys.source(literals), append(who.entries, c.keys.entries(literals, exact, places)...)
	}
	return who
}

// exact returns the variable that says what becomes of an origin that is equal to
// a key but for case. Where a policy has capital letters, they may still match.
func (c *config) exact(b *strings.Builder, p policy, upper mapping) string {
	if len(upper.entries) == 0 || len(p.patterns.literals) == 0 {
		return c.variable("exact")
	}
	variable := p.variable(c, "exact")
	mapping{source: "$http_origin", variable: variable, entries: []entry{
		{"default", "allowed", ""}, {quoteRegexp(foreign), upper.variable, ""},
	}}.print(b)
	return variable
}

// printChain prints maps of which each hands what it does not know to the next
// one, and the last one refuses it. Empty maps are left out.
func printChain(b *strings.Builder, chain ...mapping) {
	chain = slices.DeleteFunc(chain, func(m mapping) bool { return len(m.entries) == 0 })
	for i, m := range chain {
		next := "refused"
		if i+1 < len(chain) {
			next = chain[i+1].variable
		}
		m.entries = append([]entry{{"default", next, ""}}, m.entries...)
		m.print(b)
	}
}

// maxPlaces is the number of patterns up to which each is printed with its place
// in the policy.
const maxPlaces = 100

// unfit stands for an origin that no pattern matches.
const unfit = "-"
