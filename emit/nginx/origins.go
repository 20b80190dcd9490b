package nginx

import (
	"fmt"
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
	literals []ir.Pattern // exact, without capital letters
	stars    []ir.Pattern // "https://*.example.com": literal keys once the label has become a "*"
	regexps  []ir.Pattern // other wildcards
	capitals []ir.Pattern // exact with capital letters, to which the keys of a map are blind
}

// minStars is the number of star patterns from which rewriting the first label
// of the request's origin is cheaper than trying them one by one.
const minStars = 4

func split(all []ir.Pattern) patterns {
	var p patterns
	for _, one := range all {
		switch {
		case strings.ToLower(one.String()) != one.String():
			p.capitals = append(p.capitals, one)
		case one.Exact():
			p.literals = append(p.literals, one)
		case isStar(one.Pattern):
			p.stars = append(p.stars, one)
		default:
			p.regexps = append(p.regexps, one)
		}
	}
	if len(p.stars) < minStars {
		p.regexps, p.stars = append(p.stars, p.regexps...), nil
	}
	return p
}

// isStar reports whether p is a "*" as the first label and exact otherwise.
func isStar(p origin.Pattern) bool {
	labels := p.Labels()
	return !p.Deep() && p.Port() != "*" && len(labels) > 1 && labels[0] == origin.Label{Wild: origin.Star} &&
		!slices.ContainsFunc(labels[1:], func(l origin.Label) bool { return l.Wild != origin.None })
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
	who := mapping{source: c.keys.source(p.patterns.literals), variable: p.variable(c, "who"), entries: []entry{{`""`, "absent", ""}}}
	upper := mapping{source: "$http_origin", variable: p.variable(c, "upper"), entries: regexps(p.patterns.capitals, places)}
	if len(upper.entries) > 0 {
		who.entries = append(who.entries, entry{quoteKey(unfit), upper.variable, ""})
	}
	who.entries = append(who.entries, c.keys.entries(p.patterns.literals, places)...)
	stars := mapping{source: c.stars.source(p.patterns.stars), variable: p.variable(c, "star"), entries: c.stars.entries(p.patterns.stars, places)}
	wild := mapping{source: c.variable("origin"), variable: p.variable(c, "wild"), entries: regexps(p.patterns.regexps, places)}
	if who.source == wild.source {
		who.entries, wild.entries = append(who.entries, wild.entries...), nil
	}
	printChain(b, who, stars, wild)
	printChain(b, upper)
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

func regexps(all []ir.Pattern, places bool) []entry {
	var entries []entry
	for _, p := range all {
		e := entry{key: quoteRegexp(p.Regexp()), value: "allowed"}
		if places {
			e.comment = at("", p.Src)
		}
		entries = append(entries, e)
	}
	return entries
}

// unfit stands for an origin that the keys of a map cannot be compared with. No
// pattern matches it.
const unfit = "-"

// maxKey is the longest literal key that nginx takes with its default
// map_hash_bucket_size, which a file in the middle of the configuration cannot
// change.
const maxKey = 46

// folder looks up keys that may be longer than maxKey. Each of its levels takes
// the first 46 bytes off what is too long and puts a number in their place, and
// a blank, which no origin holds. Numbers are unique over all levels, and 0
// stands for what no key starts with, so that a folded value is equal to a
// folded key only if the whole values are equal.
type folder struct {
	name   string // distinguishes the variables of several folders
	plain  string // the variable that holds the whole value
	folded string // the variable that holds the folded one
	levels []level
	short  map[string]string // the folded form of long keys
	ids    int
}

// level is the source that a level folds, and the heads that it knows.
type level struct {
	source string
	heads  []entry
}

func newFolder(c *config, role, name string, patterns []ir.Pattern) *folder {
	f := &folder{name: name, plain: c.variable(role), folded: c.variable(role), short: map[string]string{}}
	for _, p := range patterns {
		if text := p.String(); len(text) > maxKey {
			f.short[text] = text
		}
	}
	for long := f.long(); len(long) > 0; long = f.long() {
		f.fold(long)
		f.folded = c.variable(f.role("key"))
	}
	return f
}

// role returns the role of a variable of the latest level.
func (f *folder) role(kind string) string { return f.name + kind + strconv.Itoa(len(f.levels)) }

// long returns the keys that are still too long, sorted.
func (f *folder) long() []string {
	var long []string
	for text, short := range f.short {
		if len(short) > maxKey {
			long = append(long, text)
		}
	}
	slices.Sort(long)
	return long
}

func (f *folder) fold(long []string) {
	l := level{source: f.folded}
	ids := map[string]string{}
	for _, text := range long {
		head, tail := f.short[text][:maxKey], f.short[text][maxKey:]
		if ids[head] == "" {
			f.ids++
			ids[head] = strconv.Itoa(f.ids)
			l.heads = append(l.heads, entry{key: quoteKey(head), value: ids[head]})
		}
		f.short[text] = ids[head] + " " + tail
	}
	f.levels = append(f.levels, l)
}

func (f *folder) print(b *strings.Builder, c *config) {
	for i, l := range f.levels {
		variable := func(kind string) string { return c.variable(fmt.Sprintf("%s%s%d", f.name, kind, i+1)) }
		head, tail := variable("head"), variable("tail")
		mapping{source: head, variable: variable("id"), entries: append([]entry{{"default", "0", ""}}, l.heads...)}.print(b)
		cut := fmt.Sprintf("^(?<%s>.{%d})(?<%s>.+)$", head[1:], maxKey, tail[1:])
		mapping{source: l.source, variable: variable("key"), entries: []entry{
			{"default", l.source, ""},
			{quoteRegexp(cut), fmt.Sprintf(`"%s %s"`, variable("id"), tail), ""},
		}}.print(b)
	}
}

// source returns the variable in which to look up a policy's patterns.
func (f *folder) source(all []ir.Pattern) string {
	if slices.ContainsFunc(all, func(p ir.Pattern) bool { return f.short[p.String()] != "" }) {
		return f.folded
	}
	return f.plain
}

// entries returns the literal keys of a policy's patterns.
func (f *folder) entries(all []ir.Pattern, places bool) []entry {
	var entries []entry
	for _, p := range all {
		e := entry{key: quoteKey(p.String()), value: "allowed"}
		if places {
			e.comment = at("", p.Src)
		}
		if short, ok := f.short[p.String()]; ok {
			e.key, e.comment = quoteKey(short), strings.TrimSpace(p.String()+" "+e.comment)
		}
		entries = append(entries, e)
	}
	return entries
}
