package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// definition is a local, or an origins block with a list.
type definition struct {
	key  string // such as "local.name"
	at   hcl.Range
	expr *expression
	next int // of the references to follow
	mark definitionState
	loop bool // part of a cycle, which is reported
}

type definitionState uint8

const (
	untouched definitionState = iota
	waiting                   // for what it refers to
	evaluated
)

// define evaluates definitions, each after what it refers to. It does not
// recurse: a chain of references is as long as the source allows.
func (l *loader) define(defs []*definition) {
	byKey := make(map[string]*definition, len(defs))
	for _, d := range defs {
		byKey[d.key] = d
	}
	for _, d := range defs {
		if d.mark == untouched {
			l.defineAll(byKey, d)
		}
	}
}

func (l *loader) defineAll(byKey map[string]*definition, first *definition) {
	path := []*definition{first}
	first.mark = waiting
	for len(path) > 0 {
		d := path[len(path)-1]
		if d.next == len(d.expr.refs) {
			if v := l.eval.run(d.expr); !d.loop {
				l.eval.values[d.key] = v
			}
			l.varies[d.key] = l.varying(d.expr)
			d.mark = evaluated
			path = path[:len(path)-1]
			continue
		}
		to := byKey[d.expr.refs[d.next]]
		d.next++
		switch {
		case to == nil || to.mark == evaluated: // a variable or a file is there already
		case to.mark == waiting:
			l.cycle(path, to)
		default:
			to.mark = waiting
			path = append(path, to)
		}
	}
}

// varying reports whether the value of x depends on a variable. What x refers to
// has been evaluated.
func (l *loader) varying(x *expression) bool {
	return slices.ContainsFunc(x.refs, func(ref string) bool { return strings.HasPrefix(ref, "var.") || l.varies[ref] })
}

// cycle reports that the last of path refers to one before it.
func (l *loader) cycle(path []*definition, to *definition) {
	for path[0] != to {
		path = path[1:]
	}
	const most = 10
	var names []string
	for i, d := range path {
		d.loop = true
		if i < most {
			names = append(names, d.key)
		}
	}
	if len(path) > most {
		names = append(names, fmt.Sprintf("... %d more", len(path)-most))
	}
	names = append(names, to.key)
	l.fail(codeEvaluation, to.at, fmt.Sprintf("%s refers to itself", quote(to.key)), "The cycle is "+strings.Join(names, " -> ")+". Write one of them out.")
}
