package nginx

import (
	"regexp"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/lintconfig"
)

// named returns the children with a name.
func (n *node) named(name string) []*node {
	if n.byName == nil {
		n.byName = map[string][]*node{}
		for _, c := range n.children {
			n.byName[c.Name.Text] = append(n.byName[c.Name.Text], c)
		}
	}
	return n.byName[name]
}

// each calls visit for every node below n, outer ones first, and goes below
// those for which it returns true.
func (n *node) each(visit func(*node) bool) {
	for _, c := range n.children {
		if visit(c) {
			c.each(visit)
		}
	}
}

// generated reports whether corsgen printed the line.
func (n *node) generated() bool { return n.Source != nil && n.Source.Generated() }

// place returns where the user can change a line: where they include it, if
// corsgen printed it.
func (n *node) place() diag.Range {
	for n.generated() && n.via != nil {
		n = n.via
	}
	return n.Range()
}

func (n *node) is(names ...string) bool {
	for _, name := range names {
		if n.Name.Text == name {
			return true
		}
	}
	return false
}

// level reports whether n is a place with add_header lines of its own.
func (n *node) level() bool { return n.is("http", "server", "location", "if") && n.Block != nil }

// outer returns the level around n, nil outside of http.
func (n *node) outer() *node {
	for p := n.parent; p != nil; p = p.parent {
		if p.Name.Text != "" && p.level() {
			return p
		}
	}
	return nil
}

// within reports whether n is below a node with a name, and returns it.
func (n *node) within(name string) *node {
	for p := n.parent; p != nil; p = p.parent {
		if p.is(name) {
			return p
		}
	}
	return nil
}

// headers returns the add_header lines that are in force at a level: its own, or
// where it has none those of the level around it; both where the newer
// add_header_inherit says merge.
func (n *node) headers() []*node {
	own := n.named("add_header")
	outer := n.outer()
	switch {
	case outer == nil || n.inherits("off"):
		return own
	case len(own) == 0:
		return outer.headers()
	case !n.inherits("merge"):
		return own
	}
	if n.merged == nil {
		all := outer.headers()
		n.merged = append(slices.Clone(all[:min(len(all), maxInherited)]), own...)
	}
	return n.merged
}

// maxInherited is how many lines a level inherits, to be looked at.
const maxInherited = 50

// inheritance returns the add_header_inherit line that is in force, nil where nobody
// wrote one.
func (n *node) inheritance() *node {
	for l := n; l != nil; l = l.outer() {
		if lines := l.named("add_header_inherit"); len(lines) > 0 {
			return lines[0]
		}
	}
	return nil
}

// inherits reports whether add_header_inherit says what is asked for.
func (n *node) inherits(how string) bool {
	line := n.inheritance()
	return line != nil && line.Arg(0) == how
}

var ourVariable = regexp.MustCompile(`\$corsgen[a-z0-9]*_`)

// ours reports whether an add_header line is one that corsgen printed, in its
// file or copied from there.
func ours(n *node) bool {
	return n.generated() || ourVariable.MatchString(n.Arg(1))
}

// allowsOrigin returns the line of headers that sends Access-Control-Allow-Origin.
func allowsOrigin(headers []*node) *node {
	for _, h := range headers[:min(len(headers), maxInherited)] {
		if strings.EqualFold(h.Arg(0), "Access-Control-Allow-Origin") {
			return h
		}
	}
	return nil
}

// fields returns the lines in force at a level as the fields that they send.
func (n *node) fields() []lintconfig.Field {
	var all []lintconfig.Field
	for _, h := range n.headers() {
		all = append(all, lintconfig.Field{
			Name: h.Arg(0), Value: h.Arg(1), Dynamic: strings.Contains(h.Arg(1), "$"),
			Depends: variableName(h.Arg(1)) != "", Always: h.Arg(2) == "always", Outer: h.parent != n, At: h.Range(),
		})
	}
	return all
}
