package compile

import (
	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/policy"
)

// maxFindings bounds what is reported of a program: each of the 200,000 entries
// that a list may have can be wrong.
const maxFindings = 10_000

// findings collects what is wrong with a program.
type findings struct {
	diags diag.List
	lists map[listKey]list // that have been checked
}

// listKey is what the meaning of a list depends on.
type listKey struct {
	at          diag.Range
	credentials bool
}

// list returns the entries of an attribute after a check. One that environments
// inherit is checked once. One without a place was made by a program, and any other
// may look like it.
func (c *checker) list(a policy.Attr[[]policy.Item], check func(policy.Attr[[]policy.Item]) list) list {
	if a.Range == (diag.Range{}) {
		return check(a)
	}
	key := listKey{a.Range, c.credentials.Value}
	l, known := c.lists[key]
	if !known {
		l = check(a)
		c.lists[key] = l
	}
	return l
}

// report adds a finding. What it returns is valid until the next one.
func (f *findings) report(code string, at diag.Range, summary, detail string, related ...diag.Related) *diag.Diagnostic {
	d := diag.Diagnostic{Code: code, Range: at, Summary: summary, Detail: detail, Related: related}
	switch {
	case len(f.diags) > maxFindings:
		return &d
	case len(f.diags) == maxFindings:
		d = diag.Diagnostic{
			Code: "C007", Range: at,
			Summary: "Too many findings",
			Detail:  "Only the first 10,000 are shown. Correct them and run again.",
		}
		f.diags = append(f.diags, d)
		return &d
	}
	f.diags = append(f.diags, d)
	return &f.diags[len(f.diags)-1]
}
