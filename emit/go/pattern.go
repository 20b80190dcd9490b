package golang

import (
	"github.com/dave/jennifer/jen"

	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/origin"
)

// wild is what a wildcard stands for, by the runtime function that checks it.
type wild string

const (
	label  wild = "corsIsLabel"
	digits wild = "corsIsDigits"
	labels wild = "corsAreLabels"
)

// pieces is a pattern as literals with wildcards between them: one literal more
// than wildcards. Each literal between two wildcards holds a dot.
type pieces struct {
	literals []string
	wilds    []wild
	anyPort  bool // behind the last literal
}

func piecesOf(p ir.Pattern) pieces {
	out := pieces{anyPort: p.Port() == "*"}
	literal := p.Scheme() + "://"
	put := func(w wild, next string) {
		out.literals, out.wilds = append(out.literals, literal), append(out.wilds, w)
		literal = next
	}
	if p.Labels() == nil {
		literal += p.Host()
	}
	if p.Deep() {
		put(labels, ".")
	}
	for i, l := range p.Labels() {
		if i > 0 {
			literal += "."
		}
		literal += l.Prefix
		switch l.Wild {
		case origin.Star:
			put(label, l.Suffix)
		case origin.Digits:
			put(digits, l.Suffix)
		}
	}
	if p.Port() != "" && !out.anyPort {
		literal += ":" + p.Port()
	}
	out.literals = append(out.literals, literal)
	return out
}

// shortest returns the length of the shortest origin.
func (p pieces) shortest() int {
	n := len(p.wilds)
	for _, l := range p.literals {
		n += len(l)
	}
	return n
}

// condition prints the test whether origin belongs to p. It takes the ends off
// first and then cuts at the literals from the right: what stands right of each
// is within a label, so the last dot in sight is the literal's own, and there is
// but one place where it can be.
func condition(p ir.Pattern) *jen.Statement {
	if p.Exact() {
		return jen.Id("origin").Op("==").Add(quote(p.String()))
	}
	pieces := piecesOf(p)
	subject := jen.Id("origin")
	if pieces.anyPort {
		subject = jen.Id("corsWithoutPort").Call(subject)
	}
	last := len(pieces.wilds)
	if last == 0 {
		return subject.Op("==").Add(quote(pieces.literals[0]))
	}
	middle := jen.Id("corsBetween").Call(subject, quote(pieces.literals[0]), quote(pieces.literals[last]))
	return pieces.condition(middle, last)
}

// condition prints the test whether middle is the first n wildcards and the
// literals between them.
func (p pieces) condition(middle *jen.Statement, n int) *jen.Statement {
	if n == 1 {
		return jen.Id(string(p.wilds[0])).Call(middle)
	}
	separator := quote(p.literals[n-1])
	before := jen.Id("corsBefore").Call(middle, separator)
	after := jen.Id("corsAfter").Call(middle, separator)
	return p.condition(before, n-1).Op("&&").Id(string(p.wilds[n-1])).Call(after)
}
