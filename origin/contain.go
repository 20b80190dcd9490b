package origin

import "strings"

// Contains reports whether p matches every origin that q matches. It is exact,
// for the limit of MaxLength too: what tells two patterns apart already shows in
// their shortest members. A pattern contains itself; no pattern contains the
// zero Pattern, nor does that contain any.
func (p Pattern) Contains(q Pattern) bool {
	switch {
	case q.text == "":
		return false
	case q.Exact():
		return p.Match(q.text)
	case p.scheme != q.scheme || p.port != q.port && p.port != "*":
		return false
	case p.labels == nil || q.labels == nil:
		return p.host == q.host && p.port == "*"
	}
	return p.containsHosts(q)
}

// containsHosts compares label by label from the right. A label that only
// p's "**." stands for can be any, since all labels are made of what * takes.
func (p Pattern) containsHosts(q Pattern) bool {
	extra := len(q.labels) - len(p.labels)
	switch {
	case extra < 0, q.deep && !p.deep, !p.deep && extra > 0, p.deep && !q.deep && extra == 0:
		return false
	}
	for i, l := range p.labels {
		if !l.contains(q.labels[extra+i]) {
			return false
		}
	}
	return true
}

// contains reports whether l matches whatever m matches. What the wildcard of m
// stands for can start and end with anything, so the text of l has to be part of
// the text of m.
func (l Label) contains(m Label) bool {
	if m.Wild == None {
		return l.match(m.Prefix)
	}
	if l.Wild == None || !strings.HasPrefix(m.Prefix, l.Prefix) || !strings.HasSuffix(m.Suffix, l.Suffix) {
		return false
	}
	if l.Wild == Star {
		return true
	}
	rest := m.Prefix[len(l.Prefix):] + m.Suffix[:len(m.Suffix)-len(l.Suffix)]
	return m.Wild == Digits && isDigits(rest)
}
