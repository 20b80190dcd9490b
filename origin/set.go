package origin

import "strings"

// Set is a set of patterns that answers questions about all of them at once. It
// is not safe for use while Add runs; otherwise it is safe for concurrent use.
// The zero Set is empty and ready to use.
//
// Exact origins are in a map. Patterns are in one tree for each scheme, by
// labels from the right. The children of a node whose label has a wildcard are
// found by the text around it: a node knows the few lengths that such texts have.
type Set struct {
	exact   map[string]Pattern
	anyPort map[string]Pattern // IP addresses with any port, by scheme and host
	trees   map[string]*node   // by scheme
}

type node struct {
	literal map[string]*node
	wild    map[Label]*node
	shapes  []shape            // of the labels in wild, without duplicates
	known   map[shape]bool     // the members of shapes
	ends    map[string]Pattern // by port: patterns that end here
	deep    map[string]Pattern // by port: patterns with "**." left of here
}

// shape is what two labels have in common that the same lookups find.
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
		put(&s.exact, p.text, p)
	case p.labels == nil:
		put(&s.anyPort, p.scheme+"://"+p.host, p)
	default:
		n, ok := s.trees[p.scheme]
		if !ok {
			n = &node{}
			put(&s.trees, p.scheme, n)
		}
		n.add(p)
	}
}

func put[K comparable, V any](m *map[K]V, key K, v V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[key] = v
}

func (n *node) add(p Pattern) {
	for i := len(p.labels) - 1; i >= 0; i-- {
		n = n.child(p.labels[i])
	}
	if p.deep {
		put(&n.deep, p.port, p)
	} else {
		put(&n.ends, p.port, p)
	}
}

// child returns the child of n for l and makes it if need be.
func (n *node) child(l Label) *node {
	if l.Wild == None {
		c, ok := n.literal[l.Prefix]
		if !ok {
			c = &node{}
			put(&n.literal, l.Prefix, c)
		}
		return c
	}
	if c, ok := n.wild[l]; ok {
		return c
	}
	c := &node{}
	put(&n.wild, l, c)
	n.addShape(shape{l.Wild, len(l.Prefix), len(l.Suffix)})
	return c
}

func (n *node) addShape(s shape) {
	if !n.known[s] {
		put(&n.known, s, true)
		n.shapes = append(n.shapes, s)
	}
}

// Match reports whether an element of s matches the value of an Origin header.
func (s *Set) Match(origin string) bool {
	if len(origin) > MaxLength {
		return false
	}
	if _, ok := s.exact[origin]; ok {
		return true
	}
	scheme, rest, ok := strings.Cut(origin, "://")
	if !ok {
		return false
	}
	host, port, found := cutPort(rest)
	if found && port == "" {
		return false
	}
	if _, ok := s.anyPort[scheme+"://"+host]; ok && (!found || isAnyPort(port)) {
		return true
	}
	search := newSearch(Pattern{scheme: scheme, labels: literals(host), port: port})
	return search.in(s)
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
	search := newSearch(q)
	search.in(s)
	return search.found, search.found.text != ""
}
