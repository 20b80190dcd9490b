package origin

import "strings"

// Meets reports whether an origin matches both p and q. It is exact: a common
// member that is as short as can be is far below MaxLength.
func (p Pattern) Meets(q Pattern) bool {
	switch {
	case p.Exact():
		return q.Match(p.text)
	case q.Exact():
		return p.Match(q.text)
	case p.scheme != q.scheme || p.port != q.port && p.port != "*" && q.port != "*":
		return false
	case p.labels == nil || q.labels == nil:
		return p.host == q.host
	}
	return p.meetsHost(q)
}

// meetsHost compares label by label from the right. A label that only "**."
// stands for can be any.
func (p Pattern) meetsHost(q Pattern) bool {
	if len(p.labels) < len(q.labels) {
		p, q = q, p
	}
	extra := len(p.labels) - len(q.labels)
	if !q.deep && (extra > 0 || p.deep) {
		return false
	}
	if q.deep && !p.deep && extra == 0 {
		return false
	}
	for i, l := range q.labels {
		if !l.meets(p.labels[extra+i]) {
			return false
		}
	}
	return true
}

// meets reports whether a label matches both l and m. A common one starts with
// the longer prefix and ends with the longer suffix. Where it is longer than both
// together, what is between them can be a digit; the others are tried.
func (l Label) meets(m Label) bool {
	if l.Wild == None {
		return m.match(l.Prefix)
	}
	if m.Wild == None {
		return l.match(m.Prefix)
	}
	prefix, suffix := longer(l.Prefix, m.Prefix), longer(l.Suffix, m.Suffix)
	if both := prefix + "1" + suffix; l.match(both) && m.match(both) {
		return true
	}
	for n := range min(len(prefix), len(suffix)) + 1 {
		if !strings.HasSuffix(prefix, suffix[:n]) {
			continue
		}
		if both := prefix + suffix[n:]; l.match(both) && m.match(both) {
			return true
		}
	}
	return false
}

func longer(a, b string) string {
	if len(a) > len(b) {
		return a
	}
	return b
}
