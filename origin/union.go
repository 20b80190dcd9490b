package origin

import (
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Union is a set of origins: all that one of several patterns matches, or every
// origin. It is safe for concurrent use.
//
// The operations are exact, MaxLength included. Exact origins are looked up; only
// patterns that meet are compared, first by examples, and where those do not tell
// by automata.
type Union struct {
	any      bool
	patterns []Pattern
	set      *Set
	wild     map[string]bool // the texts of patterns with wildcards
	near     func() *index
}

// NewUnion returns the set of what ps match. The zero Pattern is left out. The
// caller must not change ps afterwards.
func NewUnion(ps []Pattern) *Union {
	u := &Union{patterns: ps, set: NewSet(ps...), wild: map[string]bool{}}
	for _, p := range ps {
		if !p.Exact() {
			u.wild[p.text] = true
		}
	}
	u.near = sync.OnceValue(func() *index { return newIndex(ps) })
	return u
}

// Every returns the set of every origin: all non-empty values, of any length.
func Every() *Union {
	u := NewUnion(nil)
	u.any = true
	return u
}

// Any reports whether u holds every origin.
func (u *Union) Any() bool { return u.any }

// Patterns returns the patterns that u was made of. The caller must not change
// them.
func (u *Union) Patterns() []Pattern { return u.patterns }

// Match reports whether the value of an Origin header is in u.
func (u *Union) Match(origin string) bool { return u.any && origin != "" || u.set.Match(origin) }

// Or returns the union of u and v.
func (u *Union) Or(v *Union) *Union {
	if u.any || v.any {
		return Every()
	}
	return NewUnion(slices.Concat(u.patterns, v.patterns))
}

// Part is a set of origins: what all of In match, and none of Except.
type Part struct {
	In       []Pattern // one, or two that overlap; none: every origin
	Except   []Pattern // not all of them where there are very many
	Examples []string  // members, three at most
	// Undecided means that the patterns are too many and overlap too much to tell
	// whether there is a member. Then there are no Examples.
	Undecided bool
}

// maxExamples is how many members a Part names.
const maxExamples = 3

// maxWork bounds the work of one operation on unions: some seconds.
const maxWork = 20_000_000

// Contains reports whether all of v is in u. Where that cannot be decided the
// answer is false.
func (u *Union) Contains(v *Union) bool { return len(v.Minus(u)) == 0 }

// Minus returns what of u is not in v, a part for each pattern of u that is not
// all in v: none if u is contained in v. Parts that are Undecided may be empty.
func (u *Union) Minus(v *Union) []Part {
	switch {
	case v.any:
		return nil
	case u.any:
		return []Part{{Except: v.patterns, Examples: v.strangers()}}
	}
	var parts []Part
	budget, forExact := maxWork, maxWork
	for _, p := range u.patterns {
		part := Part{In: []Pattern{p}}
		if p.text != "" && (p.Exact() && part.keep(v, &forExact) || !p.Exact() && part.subtract(v, &budget)) {
			parts = append(parts, part)
		}
	}
	return parts
}

// keep reports whether a part of one origin may not be in v.
func (part *Part) keep(v *Union, budget *int) bool {
	text := part.In[0].text
	switch in := v.set.match(text, budget); {
	case in:
		return false
	case *budget < 0:
		part.Undecided = true
	default:
		part.Examples = []string{text}
	}
	return true
}

// subtract takes v from a part of one pattern, and reports whether something may
// be left.
func (part *Part) subtract(v *Union, budget *int) bool {
	if v.holds(part.In[0], budget) {
		return false
	}
	part.Except = v.meeting(part.In[0], budget)
	return part.fill(v, budget)
}

// And returns what is in both u and v. Parts may overlap.
func (u *Union) And(v *Union) []Part {
	switch {
	case u.any && v.any:
		return []Part{{Examples: NewUnion(nil).strangers()}}
	case u.any:
		u, v = v, u
	}
	var parts []Part
	budget := maxWork
	for _, p := range u.patterns {
		if p.text != "" && (v.any || v.holds(p, &budget)) {
			parts = append(parts, Part{In: []Pattern{p}})
			continue
		}
		for _, q := range v.meeting(p, &budget) {
			parts = append(parts, common(p, q))
		}
	}
	nobody := NewUnion(nil)
	for i := range parts {
		parts[i].fill(nobody, &budget)
	}
	return parts
}

// common returns the part that two patterns which meet have in common.
func common(p, q Pattern) Part {
	if p.Contains(q) {
		return Part{In: []Pattern{q}}
	}
	return Part{In: []Pattern{p, q}}
}

// holds reports whether one pattern of u alone, p itself too, contains p. With
// no budget left it may be mistaken, then with false.
func (u *Union) holds(p Pattern, budget *int) bool {
	switch {
	case p.Exact():
		return u.set.Match(p.text)
	case u.wild[p.text]:
		return true
	}
	p.text = "" // or the search would pass over p itself
	return newSearch(u.set, p).spend(budget)
}

// meeting returns the patterns of u that meet p, in the order of their text.
func (u *Union) meeting(p Pattern, budget *int) []Pattern {
	var all []Pattern
	for _, i := range u.near().candidates(p) {
		if *budget--; *budget < 0 {
			break
		}
		if q := u.patterns[i]; q.text != p.text && p.Meets(q) {
			all = append(all, q)
			*budget -= len(q.text) // they are kept, which takes memory
		}
	}
	slices.SortFunc(all, func(a, b Pattern) int { return strings.Compare(a.text, b.text) })
	return all
}

// fill finds examples of a part that none of except matches, and reports whether
// the part may have members.
func (part *Part) fill(except *Union, budget *int) bool {
	take := func(s string) bool {
		member := !slices.Contains(part.Examples, s) && !slices.ContainsFunc(part.In, func(p Pattern) bool { return !p.Match(s) })
		return member && !except.set.match(s, budget) && *budget >= 0
	}
	part.Examples = nil
	for _, s := range part.In[0].samples() {
		if len(part.Examples) < maxExamples && take(s) {
			part.Examples = append(part.Examples, s)
		}
	}
	if len(part.Examples) > 1 || part.In[0].Exact() {
		return true
	}
	wild := slices.DeleteFunc(slices.Clone(part.Except), Pattern.Exact)
	m, ok := newMembers(part.In, wild, budget)
	if ok {
		var found []string
		found, ok = m.find(maxExamples-len(part.Examples), take)
		part.Examples = append(part.Examples, found...)
	}
	part.Undecided = !ok && len(part.Examples) == 0
	return part.Undecided || len(part.Examples) > 0
}

// strangers returns origins that are not in u.
func (u *Union) strangers() []string {
	var found []string
	for i := 0; len(found) < maxExamples; i++ {
		s := "https://site-" + strconv.Itoa(i+1) + ".example"
		if !u.Match(s) {
			found = append(found, s)
		}
	}
	return found
}
