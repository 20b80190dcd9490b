package lintconfig

import (
	"sort"
	"unicode/utf8"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
)

// Source is a file of a configuration.
type Source struct {
	Name string // as findings show it
	Text []byte

	lines []int // where each line starts
	chars []int // how many characters start before each stride
}

const stride = 1024 // bytes

// Word is an argument as the server reads it, and where it stands in its source.
type Word struct {
	Text       string
	Start, End int
}

// NewSource returns the source of a file.
func NewSource(name string, text []byte) *Source {
	s := &Source{Name: name, Text: text, lines: []int{0}}
	chars := 0
	for i, c := range text {
		if i%stride == 0 {
			s.chars = append(s.chars, chars)
		}
		if utf8.RuneStart(c) {
			chars++
		}
		if c == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// Generated reports whether corsgen printed the file.
func (s *Source) Generated() bool {
	return emit.Generated(s.Text)
}

// Range returns the place from byte start up to byte end. Columns count
// characters.
func (s *Source) Range(start, end int) diag.Range {
	return diag.Range{File: s.Name, Start: s.pos(start), End: s.pos(end)}
}

func (s *Source) pos(offset int) diag.Pos {
	line := sort.SearchInts(s.lines, offset+1)
	start := s.lines[line-1]
	return diag.Pos{Line: line, Column: 1 + s.before(offset) - s.before(start), Byte: offset}
}

// before returns how many characters start before an offset. A file may be one
// long line with a finding at every word.
func (s *Source) before(offset int) int {
	if offset == 0 {
		return 0
	}
	i := (offset - 1) / stride
	n := s.chars[i]
	for _, c := range s.Text[i*stride : offset] {
		if utf8.RuneStart(c) {
			n++
		}
	}
	return n
}
