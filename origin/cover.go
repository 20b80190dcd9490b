package origin

// maxSteps bounds the searches of one call of Cover among n patterns together.
// Whether one of many patterns with many wildcards contains another is a problem
// without a fast answer in the worst case, and policies are input like any other.
// A real policy takes some ten steps for each pattern.
func maxSteps(n int) int { return min(10_000+200*n, 10_000_000) }

// Cover returns for each pattern the index of the one that makes it superfluous:
// the first equal one, or else one that contains it and that no other contains.
// It is -1 for the patterns that are left, and for the zero Pattern. Exact
// duplicates are always found. Where the rest would take more than some seconds,
// with many thousands of patterns that overlap in many labels, it is -1 too.
func Cover(ps []Pattern) []int {
	set := NewSet(ps...)
	first := make(map[string]int, len(ps))
	for i, p := range ps {
		if _, ok := first[p.text]; !ok {
			first[p.text] = i
		}
	}
	covers := make([]int, len(ps))
	steps := maxSteps(len(ps))
	for i, p := range ps {
		covers[i] = -1
		if p.text == "" {
			continue
		}
		if f := first[p.text]; f != i {
			covers[i] = f
			continue
		}
		s := newSearch(set, p)
		s.steps = steps
		if s.run() {
			covers[i] = first[s.found.text]
		}
		steps = s.steps
	}
	return widest(covers, ps)
}

// widest replaces covers of what is covered itself by those at the end.
func widest(covers []int, ps []Pattern) []int {
	for i, c := range covers {
		if c < 0 || ps[c].text == ps[i].text {
			continue
		}
		for covers[c] >= 0 {
			c = covers[c]
		}
		covers[i] = c
	}
	return covers
}

// Reduce returns the indices, in order, of the patterns that Cover leaves. The
// union is the same.
func Reduce(ps []Pattern) []int {
	keep := make([]int, 0, len(ps))
	for i, c := range Cover(ps) {
		if c < 0 && ps[i].text != "" {
			keep = append(keep, i)
		}
	}
	return keep
}
