package golang

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

func (m *matcher) printBody(g *jen.Group) {
	wild := len(m.anyPort.entries) + len(m.patterns) + len(m.shapes)
	if wild > 0 || len(m.exact.entries) > maxExact {
		length := jen.Len(jen.Id("origin"))
		g.If(length.Clone().Op("<").Lit(m.shortest).Op("||").Add(length).Op(">").Lit(m.longest)).Block(jen.Return(jen.False()))
	}
	switch n := len(m.exact.entries); {
	case wild == 0 && n == 1:
		g.Return(jen.Id("origin").Op("==").Add(quote(m.exact.entries[0].line))).Comment(m.exact.source(0))
	case wild == 0 && n > maxExact:
		g.Return(m.exact.lookUp(jen.Id("origin"), m.key))
	case wild == 1 && n == 0 && len(m.patterns) == 1:
		g.Return(condition(m.patterns[0])).Comment(patternSource(m.patterns[0]))
	default:
		m.printTests(g)
		g.Return(jen.False())
	}
}

// printTests prints tests that return true.
func (m *matcher) printTests(g *jen.Group) {
	m.exact.printTest(g, jen.Id("origin"), m.key)
	m.anyPort.printTest(g, jen.Id("corsWithoutPort").Call(jen.Id("origin")), m.key)
	if len(m.patterns) > 0 {
		g.Switch().BlockFunc(func(g *jen.Group) {
			for _, p := range m.patterns {
				allow(g.Case(condition(p)), patternSource(p))
			}
		})
	}
	if len(m.shapes) > 0 {
		m.printShapes(g)
	}
}

// source says where the entry at i is from.
func (g *group) source(i int) string { return commentLine("// ", emit.Place(g.src[i])) }

// allow prints what follows a case that holds.
func allow(arm *jen.Statement, source string) {
	arm.Block(jen.Return(jen.True()).Comment(source))
}

// patternSource names a pattern that an arm does not show as it was written.
func patternSource(p ir.Pattern) string {
	return "// " + emit.Comment(p.String()) + " (" + emit.Place(p.Src) + ")"
}

// printTest prints the test of subject against the lines of a group.
func (g *group) printTest(body *jen.Group, subject *jen.Statement, key string) {
	switch n := len(g.entries); {
	case n == 0:
	case n > maxExact:
		body.If(g.lookUp(subject, key)).Block(jen.Return(jen.True()))
	default:
		body.Switch(subject).BlockFunc(func(arms *jen.Group) {
			for i, e := range g.entries {
				allow(arms.Case(quote(e.line)), g.source(i))
			}
		})
	}
}

func (g *group) lookUp(subject *jen.Statement, key string) *jen.Statement {
	return jen.Id("corsListed").Call(subject, jen.Id(g.list(key)), jen.Id(g.table(key)))
}

// condition prints the test of a pattern with one wildcard.
func condition(p ir.Pattern) *jen.Statement {
	pieces := piecesOf(p)
	subject := jen.Id("origin")
	if pieces.anyPort {
		subject = jen.Id("corsWithoutPort").Call(subject)
	}
	between := jen.Id("corsBetween").Call(subject, quote(pieces.literals[0]), quote(pieces.literals[1]))
	return jen.Id(checks[pieces.wilds[0]]).Call(between)
}

func (m *matcher) printShapes(g *jen.Group) {
	host := jen.Id("host")
	g.Comment("Each test starts with a corsShape: where the wildcards of its patterns are.")
	g.Var().Id("dots").Index(jen.Lit(m.dots())).Uint16()
	g.Add(host).Op(":=").Id("corsSplit").Call(jen.Id("origin"), jen.Id("dots").Index(jen.Op(":")))
	g.Switch().BlockFunc(func(g *jen.Group) {
		for _, s := range m.shapes {
			where := quoteBytes([]byte(s.shape))
			if len(s.entries) > maxAlike {
				test := host.Clone().Dot("listed").Call(where, jen.Id(s.list(m.key)), jen.Id(s.table(m.key)))
				allow(g.Case(test), "// a line of "+s.list(m.key))
				continue
			}
			for i, e := range s.entries {
				allow(g.Case(host.Clone().Dot("is").Call(where, quote(e.line))), s.source(i))
			}
		}
	})
}

// dots returns how many dots of a host the shapes ask for.
func (m *matcher) dots() int {
	most := 0
	for _, s := range m.shapes {
		for wilds := s.shape[3:]; wilds != ""; wilds = wilds[4:] {
			most = max(most, int(wilds[0])+1)
		}
	}
	return most
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
