package rules

import (
	"fmt"
	"slices"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/origin"
	"github.com/corsgen/corsgen/policy"
)

// superfluous finds entries of allow_origins that another entry of the same list
// equals or covers. There is no fix where the entry may be needed all the same:
// in another list, where both take it from a shared one, or with other values of
// the variables.
func superfluous(p *policy.Program, q *quota) diag.List {
	var found diag.List
	lists := p.OriginLists()
	for _, list := range lists {
		for i, c := range cover(list.Value) {
			if c < 0 {
				continue
			}
			d := covered(list.Value[i], list.Value[c])
			if list.Varies {
				d.Detail += " The list depends on variables: see that this holds for all their values."
				d.Fix = nil
			}
			if q.take(d) {
				found = append(found, d)
			}
		}
	}
	if len(found) > 0 {
		keepNeeded(found, lists)
	}
	return found
}

// cover returns for each entry the index of the one that makes it superfluous,
// or -1: the first "*" does so for all others.
func cover(list []policy.Origin) []int {
	star := slices.IndexFunc(list, func(o policy.Origin) bool { return o.Any })
	patterns := make([]origin.Pattern, len(list))
	for i, o := range list {
		patterns[i] = o.Pattern
	}
	if star < 0 {
		return origin.Cover(patterns)
	}
	covers := slices.Repeat([]int{star}, len(list))
	covers[star] = -1
	return covers
}

func covered(o, by policy.Origin) diag.Diagnostic {
	d := diag.Diagnostic{
		Code: "C111", Severity: diag.Warning, Range: o.Range,
		Summary: fmt.Sprintf("%q covers this entry already", text(by)),
		Detail:  fmt.Sprintf("Every origin that %q allows is allowed anyway, so the entry changes nothing and misleads whoever reads the list. Remove it, or narrow the other one if it was not meant to reach so far.", text(o)),
		Related: []diag.Related{{Message: "the entry that covers it", Range: by.Range}},
		Fix:     &diag.Fix{Range: o.Range, Old: text(o)},
	}
	if text(o) == text(by) {
		d.Code = "C125"
		d.Summary = fmt.Sprintf("%q stands twice in this list", text(o))
		d.Detail = "The second entry changes nothing, and whoever removes only one of them changes nothing either. Remove it."
		d.Related[0].Message = "the first one"
	}
	return d
}

func text(o policy.Origin) string {
	if o.Any {
		return origin.Any
	}
	return o.Pattern.String()
}

// keepNeeded takes the fix from findings at entries that some list needs.
func keepNeeded(found diag.List, lists []policy.Attr[[]policy.Origin]) {
	uses := map[diag.Range]int{} // of the entries found, without those that surely change nothing
	for _, d := range found {
		uses[d.Range] += 0
		if d.Fix != nil {
			uses[d.Range]--
		}
	}
	for _, list := range lists {
		for _, o := range list.Value {
			if _, ok := uses[o.Range]; ok {
				uses[o.Range]++
			}
		}
	}
	for i, d := range found {
		if uses[d.Range] > 0 {
			found[i].Fix = nil
		}
	}
}
