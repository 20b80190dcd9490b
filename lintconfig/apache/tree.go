package apache

import (
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
)

// conditional are the sections that are decided when the server starts: what
// they hold belongs to the section around them.
var conditional = []string{"ifmodule", "ifdefine", "ifversion", "iffile", "ifdirective", "ifsection"}

// each calls visit for every node below n, in order, and goes below those for
// which it returns true.
func (n *node) each(visit func(*node) bool) {
	for _, c := range n.children {
		if visit(c) {
			c.each(visit)
		}
	}
}

// own calls visit for every directive of a section, those in conditional ones
// too.
func (n *node) own(visit func(*node)) {
	n.each(func(c *node) bool {
		visit(c)
		return slices.Contains(conditional, c.Name)
	})
}

// named returns the directives of a section with a name.
func (n *node) named(name string) []*node {
	var all []*node
	n.own(func(c *node) {
		if c.Name == name {
			all = append(all, c)
		}
	})
	return all
}

// scope returns the section that n belongs to, the root outside of all.
func (n *node) scope() *node {
	p := n.parent
	for p != nil && slices.Contains(conditional, p.Name) {
		p = p.parent
	}
	return p
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

// header is a Header or RequestHeader directive.
type header struct {
	*node
	always    bool
	action    string
	name      string // in lower case, without a colon at its end
	value     string
	condition string // "env=…", "expr=…" or "early"; "" without one
}

// header returns n as a header, and whether it is one.
func (n *node) header() (header, bool) {
	h := header{node: n}
	if n.Name != "header" && n.Name != "requestheader" {
		return h, false
	}
	args := n.Args
	if first := strings.ToLower(n.Arg(0)); first == "always" || first == "onsuccess" {
		h.always, args = first == "always", args[1:]
	}
	if len(args) < 2 {
		return h, false
	}
	h.action = strings.ToLower(args[0].Text)
	h.name = strings.ToLower(strings.TrimSuffix(args[1].Text, ":"))
	args = args[2:]
	if h.action != "unset" && h.action != "echo" && len(args) > 0 {
		h.value, args = args[0].Text, args[1:]
	}
	if strings.HasPrefix(h.action, "edit") && len(args) > 0 {
		args = args[1:]
	}
	if len(args) > 0 {
		h.condition = args[0].Text
	}
	return h, true
}

// adds reports whether the directive gives a response a value of the header.
func (h header) adds() bool {
	return h.Name == "header" && slices.Contains([]string{"set", "add", "append", "merge", "setifempty"}, h.action)
}
