package fix

import (
	"bytes"
	"maps"
	"slices"
)

// removeItems returns the edits that remove items of a list, with their commas
// and, where nothing else is on them, their lines.
func (f *File) removeItems(l *list, removed map[int]bool) []Edit {
	var edits []Edit
	next := 0 // the first item that is not looked at yet
	for _, first := range slices.Sorted(maps.Keys(removed)) {
		if first < next {
			continue
		}
		for next = first + 1; removed[next] && f.adjoin(l, next-1); next++ {
		}
		edits = append(edits, f.removeRun(l, first, next-1)...)
	}
	last := len(l.items) - 1
	kept := last // the last item that stays
	for removed[kept] {
		kept--
	}
	if kept >= 0 && kept < last && len(l.commas) == last { // no comma behind the last one
		edits = f.removeComma(edits, l.commas[kept])
	}
	return edits
}

// adjoin reports whether nothing but the comma is between an item and the next
// one, on one line.
func (f *File) adjoin(l *list, i int) bool {
	comma := l.commas[i]
	return comma == l.items[i].end && isBlank(f.src[comma+1:l.items[i+1].start])
}

// removeRun removes the items first to last, between which are blanks and commas
// alone.
func (f *File) removeRun(l *list, first, last int) []Edit {
	var behind []Edit
	start, end := l.items[first].start, l.items[last].end
	if last < len(l.commas) {
		if comma := l.commas[last]; isBlank(f.src[end:comma]) {
			end = comma + 1
		} else { // a comment is between them
			behind = []Edit{{Start: comma, End: comma + 1}}
		}
	}
	from, to := f.lineStart(start), f.lineEnd(end)
	leads, ends := f.leads(start), isBlank(f.src[end:to])
	switch {
	case leads && ends:
		return append([]Edit{f.removeLines(from, to)}, behind...)
	case ends || !leads && first > 0 && last == len(l.items)-1:
		start = f.blanksBefore(start)
	default:
		end = f.blanksBehind(end)
	}
	return append([]Edit{{Start: start, End: end}}, behind...)
}

// removeComma removes the comma behind what has become the last item; the last
// edit, if it is on the same line, removes what followed it.
func (f *File) removeComma(edits []Edit, comma int) []Edit {
	if last := len(edits) - 1; isBlank(f.src[comma+1 : edits[last].Start]) {
		if f.lineEnd(comma) >= edits[last].Start {
			edits[last].Start = comma
			return edits
		}
	}
	return append(edits, Edit{Start: comma, End: comma + 1})
}

func (f *File) blanksBefore(at int) int {
	for at > 0 && (f.src[at-1] == ' ' || f.src[at-1] == '\t') {
		at--
	}
	return at
}

func (f *File) blanksBehind(at int) int {
	for at < len(f.src) && (f.src[at] == ' ' || f.src[at] == '\t') {
		at++
	}
	return at
}

// block plans the removal of a block.
func (p *plan) block(start, end int) bool {
	f := p.file
	if f.json {
		return p.property(start, end)
	}
	from, to := f.lineStart(start), f.lineEnd(end)
	if f.src[end-1] != '}' || !f.leads(start) {
		return false
	}
	if !isBlank(f.src[end:to]) { // a comment stays
		p.replace(start, f.blanksBehind(end), "")
		return true
	}
	p.edits = append(p.edits, f.removeLines(f.withBlankLine(from, to)))
	return true
}

// withBlankLine extends lines by a blank one before them, or else, where they are
// the first ones of a body, behind them.
func (f *File) withBlankLine(from, to int) (int, int) {
	if from == 0 {
		return from, to
	}
	start := f.lineStart(from - 1)
	before := bytes.TrimRight(f.src[start:from], " \t\r\n")
	next := min(to+1, len(f.src))
	end := f.lineEnd(next)
	switch {
	case len(before) == 0:
		from = start
	case before[len(before)-1] == '{' && end > to && isBlank(f.src[next:end]):
		to = end
	}
	return from, to
}

// property plans the removal of a block in JSON syntax, "label": { ... }, and of
// the objects and lists around it that hold nothing else.
func (p *plan) property(start, end int) bool {
	at, ok := p.file.starts[start]
	if !ok || !at.list.literal || at.list.items[at.index].end != end {
		return false
	}
	for len(at.list.items) == 1 && at.list.parent != nil {
		at = place{at.list.parent, at.list.index}
	}
	p.remove(at)
	return true
}
