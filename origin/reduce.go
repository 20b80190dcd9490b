package origin

// maxSteps bounds the searches of one call of Reduce together. Whether one of
// many patterns with many wildcards contains another is a problem without a fast
// answer in the worst case, and policies are input like any other. A real policy
// takes some ten steps for each pattern.
const maxSteps = 10_000_000

// Reduce returns the indices, in order, of the patterns that are left when each
// one that another contains is dropped; of equal ones the first stays. Exact
// duplicates always go. Where that would take more than some seconds, with many
// thousands of patterns that overlap in many labels, the rest stays: the union is
// the same.
func Reduce(ps []Pattern) []int {
	set := NewSet(ps...)
	seen := make(map[string]bool, len(ps))
	keep := make([]int, 0, len(ps))
	steps := maxSteps
	for i, p := range ps {
		if p.text == "" || seen[p.text] {
			continue
		}
		seen[p.text] = true
		s := newSearch(set, p)
		s.steps = steps
		if !s.run() {
			keep = append(keep, i)
		}
		steps = s.steps
	}
	return keep
}
