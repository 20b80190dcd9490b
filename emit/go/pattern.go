package golang

import (
	"strings"

	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/origin"
)

// wild is the text of a wildcard.
type wild string

const (
	label  wild = "*"
	digits wild = "{digits}"
	labels wild = "**"
)

// checks are the runtime's tests of what a wildcard stands for.
var checks = map[wild]string{label: "corsIsLabel", digits: "corsIsDigits", labels: "corsAreLabels"}

// pieces is a pattern as literals with wildcards between them: one literal more
// than wildcards. Each literal right of a wildcard holds a dot.
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

// shape returns where the wildcards are, as a corsShape.
func (p pieces) shape() corsShape {
	last := len(p.wilds)
	dots := strings.Count(p.literals[last], ".")
	var wilds []byte
	for i := last - 1; i >= 0; i-- {
		before := len(p.literals[i]) - strings.LastIndexAny(p.literals[i], "./") - 1
		after := strings.IndexByte(p.literals[i+1], '.')
		wilds = append(wilds, byte(dots), byte(before), byte(after), byte(len(p.wilds[i])))
		dots += strings.Count(p.literals[i], ".")
	}
	deep := p.wilds[0] == labels
	if !deep {
		dots++
	}
	return corsShape([]byte{byte(dots), flag(deep), flag(p.anyPort)}) + corsShape(wilds)
}

func flag(set bool) byte {
	if set {
		return 1
	}
	return 0
}
