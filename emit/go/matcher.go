package golang

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/origin"
)

// From how many on a list is faster than one test each; see the section Matchers
// of docs/performance.md.
const (
	maxExact    = 4  // origins in a switch
	maxPatterns = 16 // patterns tried on an origin that is not taken apart
	maxAlike    = 2  // patterns of one shape tried on one that is
)

// matcher is a function that knows the origins of a variant.
type matcher struct {
	key      string
	exact    group
	anyPort  group        // exact but for the port
	patterns []ir.Pattern // with one wildcard
	shapes   []*shape
	shortest int // of the origins, in bytes
	longest  int
}

// group is patterns that one lookup finds.
type group struct {
	name    string // in the output, in front of the key
	entries []entry
	src     []diag.Range
}

// shape is a group of patterns whose wildcards are at the same places.
type shape struct {
	group
	shape   corsShape
	example ir.Pattern
}

func newMatcher(v *namedVariant) *matcher {
	m := &matcher{
		key: v.key, shortest: origin.MaxLength,
		exact: group{name: "origins"}, anyPort: group{name: "anyPort"},
	}
	var hard []ir.Pattern // they cannot be tried without taking the origin apart
	for _, p := range distinct(v.Variant.Origins.Patterns) {
		m.bound(p)
		switch pieces := piecesOf(p); {
		case p.Exact():
			m.exact.add(p.String(), p.Src, p.String())
		case len(pieces.wilds) == 0:
			m.anyPort.add(pieces.literals[0], p.Src, pieces.literals[0])
		case len(pieces.wilds) == 1:
			m.patterns = append(m.patterns, p)
		default:
			hard = append(hard, p)
		}
	}
	if len(m.patterns) > maxPatterns {
		m.patterns, hard = nil, append(m.patterns, hard...)
	}
	m.groupByShape(hard)
	return m
}

// distinct returns patterns without repetitions, which neither a switch nor a
// perfect hash can hold.
func distinct(patterns []ir.Pattern) []ir.Pattern {
	seen := make(map[string]bool, len(patterns))
	return slices.DeleteFunc(slices.Clone(patterns), func(p ir.Pattern) bool {
		repeated := seen[p.String()]
		seen[p.String()] = true
		return repeated
	})
}

func (m *matcher) groupByShape(patterns []ir.Pattern) {
	byShape := map[corsShape]*shape{}
	lists := 0
	for _, p := range patterns {
		pieces := piecesOf(p)
		s, ok := byShape[pieces.shape()]
		if !ok {
			s = &shape{shape: pieces.shape(), example: p}
			byShape[s.shape] = s
			m.shapes = append(m.shapes, s)
		}
		s.add(p.String(), p.Src, pieces.literals...)
		if len(s.entries) == maxAlike+1 {
			lists++
			s.name = "patterns" + strconv.Itoa(lists)
		}
	}
}

func (g *group) add(line string, src diag.Range, literals ...string) {
	g.entries = append(g.entries, entry{line, literals})
	g.src = append(g.src, src)
}

// bound widens the lengths that m lets through by those of p.
func (m *matcher) bound(p ir.Pattern) {
	if p.Exact() {
		m.shortest = min(m.shortest, len(p.String()))
		m.longest = max(m.longest, len(p.String()))
		return
	}
	m.shortest = min(m.shortest, piecesOf(p).shortest())
	m.longest = origin.MaxLength
}

// lists returns the groups that are looked up in a list, with words for them.
func (m *matcher) lists() (groups []*group, words []string) {
	put := func(g *group, most int, text string) {
		if len(g.entries) > most {
			groups, words = append(groups, g), append(words, fmt.Sprintf(text, len(g.entries)))
		}
	}
	put(&m.exact, maxExact, "%d exact origins")
	put(&m.anyPort, maxExact, "%d origins whose port may be any")
	for _, s := range m.shapes {
		put(&s.group, maxAlike, "%d patterns like "+strings.ReplaceAll(s.example.String(), "%", "%%"))
	}
	return groups, words
}

func (m *matcher) print(file *jen.File) {
	comment(file, "allows"+m.key+" reports whether policy"+m.key+" allows an origin.")
	file.Func().Id("allows" + m.key).Params(jen.Id("origin").String()).Bool().BlockFunc(m.printBody)
	groups, words := m.lists()
	for i, g := range groups {
		g.print(file, m.key, words[i])
	}
}

func (g *group) print(file *jen.File, key, words string) {
	slices.SortFunc(g.entries, func(a, b entry) int { return strings.Compare(a.line, b.line) })
	lines := make([]string, len(g.entries))
	for i, e := range g.entries {
		lines[i] = e.line
	}
	comment(file, fmt.Sprintf("%s are the %s, sorted (%s).", g.list(key), words, places(g.src)))
	file.Const().Id(g.list(key)).Op("=").Add(quoteLines(lines))
	comment(file, fmt.Sprintf("%s finds a line of %s. It follows from them and needs no review.", g.table(key), g.list(key)))
	file.Const().Id(g.table(key)).Op("=").Add(quoteBytes(buildTable(g.entries)))
}

func (g *group) list(key string) string { return g.name + key }

func (g *group) table(key string) string {
	if g.name == "origins" {
		return "table" + key
	}
	return g.name + "Table" + key
}
