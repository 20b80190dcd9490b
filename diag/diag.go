// Package diag holds the findings that corsgen reports about a policy: what is
// wrong, where, and by which rule. It knows nothing of HCL and prints nothing;
// package report renders findings for people and for machines.
package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity says how much a finding matters. The zero value is Error.
type Severity uint8

// The severities, the most severe first.
const (
	Error Severity = iota
	Warning
	Note
)

// String returns "error", "warning" or "note".
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	default:
		return "note"
	}
}

// Pos is a place in a source file. Line and Column count from 1, Byte from 0;
// Column counts grapheme clusters, as HCL does.
type Pos struct {
	Line, Column, Byte int
}

// Range is a stretch of a source file, from Start up to but not including End.
// File is the name as the user gave it. The zero Range means "no place".
type Range struct {
	File       string
	Start, End Pos
}

// String returns "file:line:column", "file" where there is no line, or "".
func (r Range) String() string {
	if r.Start.Line == 0 {
		return r.File
	}
	return fmt.Sprintf("%s:%d:%d", r.File, r.Start.Line, r.Start.Column)
}

// Related is a second place that a finding is about, such as the entry that
// already covers this one.
type Related struct {
	Message string
	Range   Range
}

// Diagnostic is one finding.
type Diagnostic struct {
	Code     string // the rule, such as "C103"; see Rules
	Severity Severity
	Summary  string // one line, without a full stop
	Detail   string // whole sentences: what a browser would do, and what to write instead
	Range    Range  // the exact element at fault
	Related  []Related
	Fix      *Fix   // nil: a person must decide
	Command  string // for sh: shows what was found; "" if the source does
}

// Fix is a change that mends a finding without changing what the author meant:
// the element at Range, whose value is Old, becomes the elements New.
type Fix struct {
	Range Range
	Old   string   // the value of the element, without quotes; "" for a block, which is removed
	New   []string // none: the element is removed
}

// Slug returns the readable name of the rule that d comes from.
func (d Diagnostic) Slug() string {
	r, _ := LookupRule(d.Code)
	return r.Slug
}

// List is a list of findings. The zero value is empty and ready to use.
type List []Diagnostic

// HasErrors reports whether l holds a finding of severity Error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Sorted returns l ordered by file, place, code and summary, without findings
// that say the same thing of the same place twice.
func (l List) Sorted() List {
	s := slices.Clone(l)
	slices.SortStableFunc(s, compare)
	return slices.CompactFunc(s, func(a, b Diagnostic) bool { return compare(a, b) == 0 && a.Detail == b.Detail })
}

func compare(a, b Diagnostic) int {
	return cmp.Or(
		cmp.Compare(a.Range.File, b.Range.File),
		cmp.Compare(a.Range.Start.Byte, b.Range.Start.Byte),
		cmp.Compare(a.Range.End.Byte, b.Range.End.Byte),
		cmp.Compare(a.Code, b.Code),
		cmp.Compare(a.Summary, b.Summary),
	)
}
