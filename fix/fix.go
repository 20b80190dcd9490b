// Package fix turns the fixes of findings into edits of source files. It changes
// the bytes concerned and no others, so that comments and layout stay, and leaves
// alone what it does not understand: a fix applies where the source has a plain
// literal, or a line, with the very value that the finding is about.
package fix

import (
	"cmp"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
)

// Edit replaces the bytes from Start up to but not including End.
type Edit struct {
	Start, End int
	New        string
}

// File is a source file that is ready to be edited: a policy in HCL's native or
// JSON syntax, or a list of origins, one a line. It is not changed, and safe for
// use by several goroutines.
type File struct {
	src    []byte
	json   bool
	ends   []int         // of the lines, where their newlines are
	starts map[int]place // of the items of lists, by their first byte
}

// NewFile reads a source file. Any bytes will do; a name that ends in .json stands
// for JSON syntax.
func NewFile(name string, src []byte) *File {
	f := &File{src: src, json: strings.HasSuffix(name, ".json")}
	f.starts = scan(src, f.json)
	for i, c := range src {
		if c == '\n' {
			f.ends = append(f.ends, i)
		}
	}
	return f
}

// Edits returns the edits of one fix, in order, or false where it does not apply.
func (f *File) Edits(x diag.Fix) ([]Edit, bool) {
	edits, applied := f.edits([]*diag.Fix{&x})
	return edits, applied[0]
}

// Apply returns the text with the fixes made, and which of them are. Where two are
// about the same bytes the first one is made; the other one is for another run.
func (f *File) Apply(fixes []*diag.Fix) (text []byte, applied []bool) {
	edits, applied := f.edits(fixes)
	return splice(f.src, edits), applied
}

// splice makes edits, which are in order and do not overlap.
func splice(src []byte, edits []Edit) []byte {
	var out []byte
	at := 0
	for _, e := range edits {
		out = append(append(out, src[at:e.Start]...), e.New...)
		at = e.End
	}
	return append(out, src[at:]...)
}

// edits returns the edits of fixes, in order and without overlaps.
func (f *File) edits(fixes []*diag.Fix) (edits []Edit, applied []bool) {
	p := plan{file: f, removed: map[*list]map[int]bool{}}
	applied = make([]bool, len(fixes))
	for _, i := range widestFirst(fixes) {
		applied[i] = p.add(fixes[i])
	}
	for l, items := range p.removed {
		p.edits = append(p.edits, f.removeItems(l, items)...)
	}
	return disjoint(p.edits), applied
}

// disjoint returns edits in order. Where two remove the same blank line, or the
// newline between them, the first one does.
func disjoint(edits []Edit) []Edit {
	slices.SortFunc(edits, func(a, b Edit) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	end := 0
	for i := range edits {
		e := &edits[i]
		e.Start, e.End = max(e.Start, end), max(e.End, end)
		end = e.End
	}
	return edits
}

// widestFirst returns the indexes of fixes, such that one that holds another one
// comes first.
func widestFirst(fixes []*diag.Fix) []int {
	order := make([]int, len(fixes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := fixes[i].Range, fixes[j].Range
		return cmp.Or(cmp.Compare(a.Start.Byte, b.Start.Byte), cmp.Compare(b.End.Byte, a.End.Byte))
	})
	return order
}

// plan is what is to be done to a file. Fixes are added in the order of their
// places.
type plan struct {
	file    *File
	end     int // of the last place
	last    *diag.Fix
	edits   []Edit
	removed map[*list]map[int]bool // items of lists
}

// add plans a fix, and returns false if it does not apply.
func (p *plan) add(x *diag.Fix) bool {
	start, end := x.Range.Start.Byte, x.Range.End.Byte
	if start < 0 || end > len(p.file.src) || start >= end {
		return false
	}
	if start < p.end {
		return p.last.Range == x.Range && p.last.Old == x.Old && slices.Equal(p.last.New, x.New)
	}
	if !p.place(x, start, end) {
		return false
	}
	p.end, p.last = end, x
	return true
}

// place plans a fix by what is at its place.
func (p *plan) place(x *diag.Fix, start, end int) bool {
	f, text := p.file, string(p.file.src[start:end])
	at, listed := f.starts[start]
	listed = listed && at.list.items[at.index].end == end
	switch {
	case x.Old == "" && len(x.New) == 0:
		return p.block(start, end)
	case text == x.Old:
		return p.line(x, start, end)
	case !f.isLiteral(text, x.Old):
		return false
	case len(x.New) == 1:
		p.replace(start, end, f.quote(x.New[0]))
	case !listed || !at.list.literal:
		return false
	case len(x.New) == 0:
		p.remove(at)
	default:
		p.replace(start, end, f.split(x.New, start))
	}
	return true
}

func (p *plan) replace(start, end int, text string) {
	p.edits = append(p.edits, Edit{start, end, text})
}

func (p *plan) remove(at place) {
	if p.removed[at.list] == nil {
		p.removed[at.list] = map[int]bool{}
	}
	p.removed[at.list][at.index] = true
}

// split returns several items in the place of one: each on a line of its own if
// that one is.
func (f *File) split(items []string, start int) string {
	separator := ", "
	if f.leads(start) {
		separator = "," + f.newline(start) + f.indent(start)
	}
	quoted := make([]string, len(items))
	for i, item := range items {
		quoted[i] = f.quote(item)
	}
	return strings.Join(quoted, separator)
}
