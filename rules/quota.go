package rules

import "github.com/corsgen/corsgen/diag"

// maxFindings bounds the findings about origins, methods and headers of a
// program: a list of 200,000 entries may break a rule with each of them.
const maxFindings = 10_000

// quota counts the findings that may still be reported.
type quota struct {
	left    int
	omitted *diag.Diagnostic // the most severe one that was not reported
}

// take reports whether d may be reported.
func (q *quota) take(d diag.Diagnostic) bool {
	if q.left > 0 {
		q.left--
		return true
	}
	if q.omitted == nil || d.Severity < q.omitted.Severity {
		q.omitted = &d
	}
	return false
}

// findings says that there are more, if there are.
func (q *quota) findings() diag.List {
	if q.omitted == nil {
		return nil
	}
	return diag.List{{
		Code: "C007", Severity: q.omitted.Severity, Range: q.omitted.Range,
		Summary: "Too many findings",
		Detail:  "Only the first 10,000 are shown. Correct them and run again.",
	}}
}
