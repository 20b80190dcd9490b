package fix

import (
	"bytes"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
)

// line plans a fix of a line in a list of origins.
func (p *plan) line(x *diag.Fix, start, end int) bool {
	f := p.file
	from, to := f.lineStart(start), f.lineEnd(end)
	rest := bytes.TrimRight(f.src[end:to], "\r")
	if !f.leads(start) || !isBlank(rest) && !isComment(rest) {
		return false
	}
	switch {
	case len(x.New) > 0:
		p.replace(start, end, strings.Join(x.New, f.newline(start)+f.indent(start)))
	case isBlank(rest):
		p.edits = append(p.edits, f.removeLines(from, to))
	default: // the comment stays
		p.replace(start, end+len(rest)-len(bytes.TrimLeft(rest, " \t")), "")
	}
	return true
}

// isComment reports whether what follows an origin is a comment.
func isComment(rest []byte) bool {
	trimmed := bytes.TrimLeft(rest, " \t")
	return len(trimmed) < len(rest) && trimmed[0] == '#'
}

func isBlank(b []byte) bool { return len(bytes.Trim(b, " \t\r")) == 0 }

// lineStart returns where the line of the byte at begins.
func (f *File) lineStart(at int) int {
	if line, _ := slices.BinarySearch(f.ends, at); line > 0 {
		return f.ends[line-1] + 1
	}
	return 0
}

// lineEnd returns where the line of the byte at ends, before its newline.
func (f *File) lineEnd(at int) int {
	if line, _ := slices.BinarySearch(f.ends, at); line < len(f.ends) {
		return f.ends[line]
	}
	return len(f.src)
}

// leads reports whether only blanks are before the byte at on its line.
func (f *File) leads(at int) bool {
	return isBlank(bytes.TrimPrefix(f.src[f.lineStart(at):at], []byte("\ufeff")))
}

// indent returns the blanks before the byte at, which is the first one of its line.
func (f *File) indent(at int) string {
	return strings.TrimPrefix(string(f.src[f.lineStart(at):at]), "\ufeff")
}

// newline returns how the line of the byte at ends, or, the last one, the line
// before.
func (f *File) newline(at int) string {
	end := f.lineEnd(at)
	if end == len(f.src) {
		end = max(f.lineStart(at)-1, 0)
	}
	if end > 0 && f.src[end-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// removeLines removes whole lines with their newline, or, at the end of a file
// that ends without one, with the newline before.
func (f *File) removeLines(from, to int) Edit {
	switch {
	case to < len(f.src):
		to++
	case from > 0 && f.src[from-1] == '\n':
		from = len(bytes.TrimSuffix(f.src[:from-1], []byte("\r")))
	}
	return Edit{Start: from, End: to}
}
