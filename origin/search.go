package origin

import "math"

// search looks for an element of a set that contains a pattern. Its steps are at
// most as many as the set has labels.
type search struct {
	set   *Set
	q     Pattern // an element with the same text is not an answer
	plain int     // how many labels of q, from the left, are made of what * takes
	steps int     // how many more it may take; one is a lookup, some 50 ns
	found Pattern
}

func newSearch(set *Set, q Pattern) *search {
	s := &search{set: set, q: q, steps: math.MaxInt}
	star := Label{Wild: Star}
	for s.plain < len(q.labels) && star.contains(q.labels[s.plain]) {
		s.plain++
	}
	return s
}

// run reports whether there is an answer, which is then in s.found.
func (s *search) run() bool {
	if s.q.labels == nil {
		p, ok := s.set.anyPort[s.q.scheme+"://"+s.q.host]
		return ok && s.take(p)
	}
	root, ok := s.set.roots[s.q.scheme]
	return ok && s.below(root, len(s.q.labels))
}

// spend is run in so many steps at most.
func (s *search) spend(steps *int) bool {
	s.steps = *steps
	ok := s.run()
	*steps = s.steps
	return ok
}

func (s *search) take(p Pattern) bool {
	if p.text == s.q.text {
		return false
	}
	s.found = p
	return true
}

// below searches at and below n, where all but the first left labels of q are
// dealt with.
func (s *search) below(n *node, left int) bool {
	if s.steps--; s.steps < 0 {
		return false
	}
	switch {
	case (left > 0 || s.q.deep) && left <= s.plain && s.end(n, true):
		return true
	case left == 0:
		return !s.q.deep && s.end(n, false)
	}
	l := s.q.labels[left-1]
	if l.Wild == None && s.along(edge{n, l}, left) {
		return true
	}
	s.steps -= len(n.shapes)
	for _, shape := range n.shapes {
		if around, ok := shape.of(l); ok && s.along(edge{n, around}, left) {
			return true
		}
	}
	return false
}

// along searches the child that e leads to.
func (s *search) along(e edge, left int) bool {
	c, ok := s.set.edges[e]
	if !ok || len(c.run) > left {
		return false
	}
	s.steps -= len(c.run)
	left -= len(c.run)
	for i, l := range c.run {
		if !l.contains(s.q.labels[left+i]) {
			return false
		}
	}
	return s.below(c, left)
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

// end looks among the patterns that end at n for one that takes the ports of q.
func (s *search) end(n *node, deep bool) bool {
	for _, port := range [...]string{"*", s.q.port} {
		if p, ok := s.set.ends[end{n, deep, port}]; ok && s.take(*p) {
			return true
		}
	}
	return false
}
