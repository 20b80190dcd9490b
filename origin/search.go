package origin

import "math"

// search looks for an element of a set that contains a pattern. Its steps are at
// most as many as the set has labels.
type search struct {
	q     Pattern
	skip  string // the text of an element that is not an answer
	plain int    // how many labels of q, from the left, are made of what * takes
	steps int    // how many more it may take; one is a lookup, 20 ns to 100 ns
	found Pattern
}

func newSearch(q Pattern) *search {
	s := &search{q: q, skip: q.text, steps: math.MaxInt}
	star := Label{Wild: Star}
	for s.plain < len(q.labels) && star.contains(q.labels[s.plain]) {
		s.plain++
	}
	return s
}

// in reports whether the search finds an element in set.
func (s *search) in(set *Set) bool {
	if s.q.labels == nil {
		p, ok := set.anyPort[s.q.scheme+"://"+s.q.host]
		return ok && s.take(p)
	}
	tree, ok := set.trees[s.q.scheme]
	return ok && s.below(tree, len(s.q.labels))
}

func (s *search) take(p Pattern) bool {
	if p.text == s.skip {
		return false
	}
	s.found = p
	return true
}

// below searches n, where the labels of q right of the first left ones are dealt
// with.
func (s *search) below(n *node, left int) bool {
	s.steps--
	if s.steps < 0 {
		return false
	}
	switch {
	case (left > 0 || s.q.deep) && left <= s.plain && s.port(n.deep):
		return true
	case left == 0:
		return !s.q.deep && s.port(n.ends)
	}
	l := s.q.labels[left-1]
	if l.Wild == None {
		if c, ok := n.literal[l.Prefix]; ok && s.below(c, left-1) {
			return true
		}
	}
	return s.belowWild(n, l, left)
}

func (s *search) belowWild(n *node, l Label, left int) bool {
	s.steps -= len(n.shapes)
	for _, shape := range n.shapes {
		around, ok := shape.of(l)
		if !ok {
			continue
		}
		if c, ok := n.wild[around]; ok && around.contains(l) && s.below(c, left-1) {
			return true
		}
	}
	return false
}

// of returns the one label of the shape that can contain l.
func (s shape) of(l Label) (Label, bool) {
	tail := l.Suffix
	if l.Wild == None {
		tail = l.Prefix
	}
	if s.prefix > len(l.Prefix) || s.suffix > len(tail) {
		return Label{}, false
	}
	return Label{l.Prefix[:s.prefix], s.wild, tail[len(tail)-s.suffix:]}, true
}

// port looks among patterns with the same host for one that takes the ports of q.
func (s *search) port(byPort map[string]Pattern) bool {
	if p, ok := byPort["*"]; ok && (s.q.port == "" || s.q.port == "*" || isAnyPort(s.q.port)) && s.take(p) {
		return true
	}
	p, ok := byPort[s.q.port]
	return ok && s.take(p)
}
