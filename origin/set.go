package origin

import (
	"math"
	"strings"
)

// Set is a set of patterns that answers questions about all of them at once. It
// is not safe for use while Add runs; otherwise it is safe for concurrent use.
// The zero Set is empty and ready to use.
//
// Exact origins are in a map. Patterns are in one tree for each scheme, by
// labels from the right. A child whose first label has a wildcard is found by
// the text around it: a node knows the few lengths that such texts have.
type Set struct {
	exact   map[string]bool
	anyPort map[string]Pattern // IP addresses with any port, by scheme and host
	roots   map[string]*node   // by scheme
	edges   map[edge]*node
	ends    map[end]*Pattern
}

// node is a place in a tree where labels part or patterns end.
type node struct {
	run    []Label        // the labels from the parent to here, the leftmost first
	shapes []shape        // of the labels with wildcards that edges from here have
	known  map[shape]bool // the members of shapes
}

// edge leads from a node to the child whose run ends with the label.
type edge struct {
	from *node
	last Label
}

// end is where a pattern stands, apart from its port.
type end struct {
	at   *node
	deep bool
	port string
}

// shape is what labels have in common that one lookup can find.
type shape struct {
	wild           Wild
	prefix, suffix int // lengths in bytes
}

// NewSet returns a set of ps.
func NewSet(ps ...Pattern) *Set {
	s := &Set{}
	for _, p := range ps {
		s.Add(p)
	}
	return s
}

// Add puts p into s. The zero Pattern is left out.
func (s *Set) Add(p Pattern) {
	switch {
	case p.text == "":
	case p.Exact():
		put(&s.exact, p.text, true)
	case p.labels == nil:
		put(&s.anyPort, p.scheme+"://"+p.host, p)
	default:
		root, ok := s.roots[p.scheme]
		if !ok {
			root = &node{}
			put(&s.roots, p.scheme, root)
		}
		put(&s.ends, end{s.place(root, p.labels), p.deep, p.port}, &p)
	}
}

func put[K comparable, V any](m *map[K]V, key K, v V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[key] = v
}

// place returns the node for labels below n and makes it if need be.
func (s *Set) place(n *node, labels []Label) *node {
	for len(labels) > 0 {
		c, ok := s.edges[edge{n, labels[len(labels)-1]}]
		if !ok {
			c = &node{run: labels}
			s.join(n, c)
		}
		common := commonSuffix(c.run, labels)
		if rest := len(c.run) - common; rest > 0 {
			middle := &node{run: c.run[rest:]}
			c.run = c.run[:rest]
			s.join(n, middle)
			s.join(middle, c)
			c = middle
		}
		n, labels = c, labels[:len(labels)-common]
	}
	return n
}

func commonSuffix(a, b []Label) int {
	n := 0
	for n < min(len(a), len(b)) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// join makes c a child of n, in place of one that starts with the same label.
func (s *Set) join(n, c *node) {
	l := c.run[len(c.run)-1]
	put(&s.edges, edge{n, l}, c)
	if sh := (shape{l.Wild, len(l.Prefix), len(l.Suffix)}); l.Wild != None && !n.known[sh] {
		put(&n.known, sh, true)
		n.shapes = append(n.shapes, sh)
	}
}

// Match reports whether an element of s matches the value of an Origin header.
func (s *Set) Match(origin string) bool {
	steps := math.MaxInt
	return s.match(origin, &steps)
}

// match is Match in so many steps at most. Where they do not suffice none is
// left, and the answer is false.
func (s *Set) match(origin string, steps *int) bool {
	if len(origin) > MaxLength {
		return false
	}
	if s.exact[origin] {
		return true
	}
	scheme, rest, ok := strings.Cut(origin, "://")
	if !ok {
		return false
	}
	host, port, found := cutPort(rest)
	if found && !isAnyPort(port) {
		return false
	}
	if _, ok := s.anyPort[scheme+"://"+host]; ok {
		return true
	}
	return newSearch(s, Pattern{scheme: scheme, labels: literals(host), port: port}).spend(steps)
}

func literals(host string) []Label {
	texts := strings.Split(host, ".")
	labels := make([]Label, len(texts))
	for i, t := range texts {
		labels[i].Prefix = t
	}
	return labels
}

// Covering returns an element of s, other than q, that contains q.
func (s *Set) Covering(q Pattern) (Pattern, bool) {
	search := newSearch(s, q)
	ok := search.run()
	return search.found, ok
}
