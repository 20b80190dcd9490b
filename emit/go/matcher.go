package golang

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/origin"
)

// maxArms is how many exact origins a switch compares; more are hashed.
const maxArms = 4

// matcher is a function that knows the origins of a variant: exact ones in a
// switch or a list, patterns one by one or by a list of what stands behind their
// wildcard.
type matcher struct {
	key      string
	arms     []ir.Pattern
	patterns []ir.Pattern
	lists    []*list
	shortest int // of the origins, in bytes
	longest  int
}

// list is a perfect hash over texts that tell origins of one form apart.
type list struct {
	name  string // in the output
	form  form
	lines []string
	src   []diag.Range
}

// form is what stands before the text in a list: nothing, or the scheme and a
// wildcard for one label or more.
type form struct {
	scheme string // "" for exact origins
	deep   bool
}

func newMatcher(v *namedVariant) *matcher {
	patterns := distinct(v.Variant.Origins.Patterns)
	count := map[form]int{}
	for _, p := range patterns {
		if f, _, ok := formOf(p); ok {
			count[f]++
		}
	}
	m := &matcher{key: v.key, shortest: origin.MaxLength}
	for _, p := range patterns {
		m.bound(p)
		switch f, text, _ := formOf(p); {
		case count[f] > maxArms && text != "":
			m.list(f).add(text, p.Src)
		case p.Exact():
			m.arms = append(m.arms, p)
		default:
			m.patterns = append(m.patterns, p)
		}
	}
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

// list returns the list of a form.
func (m *matcher) list(f form) *list {
	for _, l := range m.lists {
		if l.form == f {
			return l
		}
	}
	l := &list{name: m.key, form: f}
	if len(m.lists) > 0 {
		l.name += strconv.Itoa(len(m.lists) + 1)
	}
	m.lists = append(m.lists, l)
	return l
}

func (l *list) add(line string, src diag.Range) {
	l.lines = append(l.lines, line)
	l.src = append(l.src, src)
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

// formOf returns the form of p and the text that tells it apart in a list; not ok,
// and no text, for one that the hash cannot read or with more of a pattern to it.
func formOf(p ir.Pattern) (form, string, bool) {
	f, text := form{}, p.String()
	if !p.Exact() {
		pieces := piecesOf(p)
		if len(pieces.wilds) != 1 || pieces.anyPort || pieces.wilds[0] == digits ||
			pieces.literals[0] != p.Scheme()+"://" || !strings.HasPrefix(pieces.literals[1], ".") {
			return form{}, "", false
		}
		f, text = form{scheme: p.Scheme() + "://", deep: pieces.wilds[0] == labels}, pieces.literals[1][1:]
	}
	if len(text) < minHashed {
		return form{}, "", false
	}
	return f, text, true
}

func (m *matcher) print(file *jen.File) {
	comment(file, "allows"+m.key+" reports whether policy"+m.key+" allows an origin.")
	file.Func().Id("allows" + m.key).Params(jen.Id("origin").String()).Bool().BlockFunc(m.printBody)
	for _, l := range m.lists {
		l.print(file)
	}
}

func (m *matcher) printBody(g *jen.Group) {
	if len(m.arms) == 0 || len(m.patterns)+len(m.lists) > 0 {
		g.If(jen.Len(jen.Id("origin")).Op("<").Lit(m.shortest).Op("||").Len(jen.Id("origin")).Op(">").Lit(m.longest)).Block(
			jen.Return(jen.False()),
		)
	}
	if len(m.arms)+len(m.patterns) == 1 && len(m.lists) == 0 {
		p := append(m.arms, m.patterns...)[0]
		g.Return(condition(p)).Comment(source(p))
		return
	}
	if len(m.arms) > 0 {
		g.Switch(jen.Id("origin")).BlockFunc(func(g *jen.Group) {
			for _, p := range m.arms {
				g.Case(quote(p.String())).Block(jen.Return(jen.True()).Comment(source(p)))
			}
		})
	}
	if len(m.patterns) > 0 {
		g.Switch().BlockFunc(func(g *jen.Group) {
			for _, p := range m.patterns {
				g.Case(condition(p)).Block(jen.Return(jen.True()).Comment(source(p)))
			}
		})
	}
	g.Return(m.listed())
}

// source names what an arm stands for, and where.
func source(p ir.Pattern) string {
	if p.Exact() {
		return commentLine("// ", emit.Place(p.Src))
	}
	return "// " + emit.Comment(p.String()) + " (" + emit.Place(p.Src) + ")"
}

// listed prints the test whether one of the lists holds origin.
func (m *matcher) listed() *jen.Statement {
	if len(m.lists) == 0 {
		return jen.False()
	}
	test := m.lists[0].call()
	for _, l := range m.lists[1:] {
		test = test.Op("||").Line().Add(l.call())
	}
	return test
}

func (l *list) call() *jen.Statement {
	origins, table := jen.Id("origins"+l.name), jen.Id("table"+l.name)
	switch {
	case l.form.scheme == "":
		return jen.Id("corsListed").Call(jen.Id("origin"), origins, table)
	case l.form.deep:
		return jen.Id("corsLabelsListed").Call(jen.Id("origin"), quote(l.form.scheme), origins, table)
	default:
		return jen.Id("corsLabelListed").Call(jen.Id("origin"), quote(l.form.scheme), origins, table)
	}
}

func (l *list) print(file *jen.File) {
	lines := slices.Clone(l.lines)
	slices.Sort(lines)
	comment(file, fmt.Sprintf("origins%s are the %d %s, sorted (%s).", l.name, len(lines), l.form.words(), places(l.src)))
	file.Const().Id("origins" + l.name).Op("=").Add(quoteLines(lines))
	comment(file, fmt.Sprintf("table%s finds a line of origins%s. It follows from them and needs no review.", l.name, l.name))
	file.Const().Id("table" + l.name).Op("=").Add(quoteBytes(buildTable(lines)))
}

func (f form) words() string {
	switch {
	case f.scheme == "":
		return "exact origins"
	case f.deep:
		return "patterns that start with " + f.scheme + "**., without that"
	default:
		return "patterns that start with " + f.scheme + "*., without that"
	}
}

// places names the lines that ranges are on: "cors.hcl:19-24, partners.txt:1-900".
func places(ranges []diag.Range) string {
	type span struct{ first, last diag.Range }
	spans := map[string]*span{}
	for _, r := range ranges {
		s, ok := spans[r.File]
		if !ok {
			s = &span{r, r}
			spans[r.File] = s
		}
		if r.Start.Line < s.first.Start.Line {
			s.first = r
		}
		if r.Start.Line > s.last.Start.Line {
			s.last = r
		}
	}
	texts := make([]string, 0, len(spans))
	for _, s := range spans {
		text := emit.Place(s.first)
		if s.last.Start.Line > s.first.Start.Line {
			text += fmt.Sprint("-", s.last.Start.Line)
		}
		texts = append(texts, text)
	}
	slices.SortFunc(texts, cmp.Compare[string])
	return strings.Join(texts, ", ")
}
