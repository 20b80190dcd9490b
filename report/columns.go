package report

import (
	"bytes"
	"slices"

	"github.com/corsgen/corsgen/diag"
)

// place is a place in a file as editors and SARIF count: from 1, columns in UTF-16
// code units. The zero place is none.
type place struct{ line, column int }

// columns counts columns from the bytes of files: those of a range are in grapheme
// clusters.
type columns struct {
	sources map[string][]byte
	indexes map[string]*index
}

func newColumns(sources map[string][]byte) *columns {
	return &columns{sources, map[string]*index{}}
}

// of returns the places of a range, the end behind the last character. Without the
// file it takes the columns of the range.
func (c *columns) of(r diag.Range) (start, end place) {
	return c.at(r.File, r.Start), c.at(r.File, r.End)
}

func (c *columns) at(file string, p diag.Pos) place {
	src, ok := c.sources[file]
	if !ok || p.Line == 0 || p.Byte < 0 || p.Byte > len(src) {
		return place{p.Line, p.Column}
	}
	x := c.index(file)
	return x.place(p.Byte)
}

func (c *columns) index(file string) *index {
	if c.indexes[file] == nil {
		c.indexes[file] = newIndex(c.sources[file])
	}
	return c.indexes[file]
}

// index makes counting take the same time at each place of a file: a line may be
// as long as the file, and every byte of it be in a finding.
type index struct {
	src    []byte
	starts []int // of lines
	counts []int // of code units before each block
}

const block = 1024

func newIndex(src []byte) *index {
	x := &index{src: src, starts: []int{len(src) - len(bytes.TrimPrefix(src, []byte("\ufeff")))}}
	total := 0
	for i, c := range src {
		if i%block == 0 {
			x.counts = append(x.counts, total)
		}
		total += codeUnits(c)
		if c == '\n' {
			x.starts = append(x.starts, i+1)
		}
	}
	x.counts = append(x.counts, total) // for the end, where a block may begin
	return x
}

// codeUnits returns how many UTF-16 code units the character that begins with a
// byte has; 0 for a byte that goes on with one.
func codeUnits(c byte) int {
	switch {
	case c&0xC0 == 0x80:
		return 0
	case c >= 0xF0:
		return 2
	default:
		return 1
	}
}

// place returns the place of a byte.
func (x *index) place(at int) place {
	line, found := slices.BinarySearch(x.starts, at)
	if found {
		return place{line + 1, 1}
	}
	line = max(line, 1) // a byte order mark is before the first line
	return place{line, 1 + max(x.units(at)-x.units(x.starts[line-1]), 0)}
}

// units returns how many code units are before a byte.
func (x *index) units(at int) int {
	n := x.counts[at/block]
	for _, c := range x.src[at/block*block : at] {
		n += codeUnits(c)
	}
	return n
}
