package policy

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/hcl/v2"

	"github.com/corsgen/corsgen/diag"
)

// quote returns s as a message shows it: in quotes, shortened, with everything
// escaped that could steer a terminal.
func quote(s string) string {
	short, cut := shorten(s, maxQuoted)
	q := strconv.QuoteToGraphic(short)
	if cut {
		q += "…"
	}
	return q
}

// shorten returns at most the first limit characters of s, and whether that is
// less than s.
func shorten(s string, limit int) (string, bool) {
	n := 0
	for i := range s {
		if n == limit {
			return s[:i], true
		}
		n++
	}
	return s, false
}

// clean makes a message of another package fit to show: one line, printable,
// not too long.
func clean(s string) string {
	s, cut := shorten(strings.Join(strings.Fields(s), " "), maxMessage)
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	if cut {
		b.WriteString("…")
	}
	return b.String()
}

// sentences joins the sentences that are not empty.
func sentences(s ...string) string {
	return strings.Join(slices.DeleteFunc(s, func(s string) bool { return s == "" }), " ")
}

// didYouMean returns a question that names the known name nearest to name, or "".
func didYouMean(name string, known []string) string {
	if near := nearest(name, known); near != "" {
		return "Did you mean " + quote(near) + "?"
	}
	return ""
}

// declaredNames says which of the declared names an unknown one may stand for,
// and which there are. It looks at all of them, so it says nothing where there
// are many findings already.
func (l *loader) declaredNames(name string, declared map[string]bool) string {
	if len(l.diags) >= maxHints {
		return ""
	}
	if len(declared) == 0 {
		return "None is declared: declare it, or write the value itself."
	}
	known := slices.Collect(maps.Keys(declared))
	return sentences(didYouMean(name, known), "There are "+listed(known)+".")
}

func nearest(name string, known []string) string {
	if len(name) > maxSuggestedName {
		return ""
	}
	best, limit := "", (len(name)+1)/3
	for _, k := range slices.Sorted(slices.Values(known)) {
		if d := levenshtein.Distance(name, k, nil); d <= limit {
			best, limit = k, d-1
		}
	}
	return best
}

// listed returns names as a message lists them: `"a", "b" and "c"`, sorted, in
// quotes, cut after twenty.
func listed(names []string) string {
	names = slices.Sorted(slices.Values(names))
	const most = 20
	rest := len(names) - most
	if rest > 0 {
		names = names[:most]
	}
	for i, n := range names {
		names[i] = quote(n)
	}
	switch {
	case rest > 0:
		return strings.Join(names, ", ") + " and " + strconv.Itoa(rest) + " more"
	case len(names) > 1:
		last := len(names) - 1
		return strings.Join(names[:last], ", ") + " and " + names[last]
	default:
		return strings.Join(names, "")
	}
}

// place converts a range of HCL.
func place(r hcl.Range) diag.Range {
	return diag.Range{File: r.Filename, Start: diag.Pos(r.Start), End: diag.Pos(r.End)}
}
