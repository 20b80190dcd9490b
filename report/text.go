package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/corsgen/corsgen/diag"
)

// Text writes findings for people: for each the place, what is wrong, the source
// line with the exact element marked, and what to do. Sources holds the files by
// the names that ranges use; a file that is not there is not shown.
func Text(w io.Writer, findings diag.List, sources map[string][]byte, color bool) error {
	t := text{sources: sources, color: color}
	for i, d := range findings {
		if i > 0 {
			t.b.WriteByte('\n')
		}
		t.finding(d)
		if err := t.flush(w, 64<<10); err != nil {
			return err
		}
	}
	return t.flush(w, 0)
}

// flush writes what there is to w, if that is more than most bytes.
func (t *text) flush(w io.Writer, most int) error {
	if t.b.Len() <= most {
		return nil
	}
	_, err := t.b.WriteTo(w)
	return err
}

type text struct {
	b       bytes.Buffer
	sources map[string][]byte
	color   bool
}

// The SGR parameters of what is shown in colour.
const (
	bold = "1"
	dim  = "2"
)

func severityColor(s diag.Severity) string {
	switch s {
	case diag.Error:
		return "1;31"
	case diag.Warning:
		return "1;33"
	default:
		return "1;36"
	}
}

func (t *text) paint(sgr, s string) string {
	if !t.color {
		return s
	}
	return "\x1b[" + sgr + "m" + s + "\x1b[0m"
}

func (t *text) finding(d diag.Diagnostic) {
	if place := d.Range.String(); place != "" {
		t.b.WriteString(t.paint(bold, Printable(place)+":") + " ")
	}
	t.b.WriteString(t.paint(severityColor(d.Severity), fmt.Sprintf("%s[%s]", d.Severity, d.Code)))
	t.b.WriteString(" " + t.paint(bold, Printable(d.Summary)) + "\n")
	t.snippet(d.Range, severityColor(d.Severity))
	for _, line := range Wrap(Printable(d.Detail), 100) {
		t.b.WriteString("  " + line + "\n")
	}
	if d.Command != "" { // on one line, to be copied
		t.b.WriteString("  $ " + Printable(d.Command) + "\n")
	}
	for _, r := range d.Related {
		fmt.Fprintf(&t.b, "  %s: %s\n", t.paint(bold, Printable(r.Range.String())), Printable(r.Message))
	}
}

// snippet shows the first line of a range, with the element underlined. Of a
// long line it shows the part around the element.
func (t *text) snippet(r diag.Range, sgr string) {
	source, ok := t.sources[r.File]
	if !ok || r.Start.Line == 0 || r.Start.Byte > len(source) || r.End.Byte > len(source) || r.End.Byte < r.Start.Byte {
		return
	}
	from, to, cutBefore, cutAfter := window(source, r.Start.Byte)
	lead := Printable(string(source[from:r.Start.Byte]))
	element := Printable(string(source[r.Start.Byte:min(max(r.End.Byte, r.Start.Byte), to)]))
	rest := Printable(strings.TrimRight(string(source[min(r.End.Byte, to):to]), "\r"))
	if cutBefore {
		lead = "…" + lead
	}
	if cutAfter {
		rest += "…"
	}
	number := fmt.Sprint(r.Start.Line)
	t.b.WriteString("  " + t.paint(dim, number+" │") + " " + lead + element + rest + "\n")
	blank := strings.Repeat(" ", len(number)) + " │"
	marks := strings.Repeat("^", max(1, cells(element)))
	t.b.WriteString("  " + t.paint(dim, blank) + " " + strings.Repeat(" ", cells(lead)) + t.paint(sgr, marks) + "\n")
}

// window returns the part of a line around the byte at that is shown, and whether
// the line goes on before and after it. It does not look at the rest of the line,
// which may have all of thousands of findings.
func window(source []byte, at int) (from, to int, cutBefore, cutAfter bool) {
	const before, after = 60, 100
	from, to = max(0, at-before), min(len(source), at+after)
	cutBefore, cutAfter = from > 0 && source[from-1] != '\n', to < len(source) && source[to] != '\n'
	if i := bytes.LastIndexByte(source[from:at], '\n'); i >= 0 {
		from, cutBefore = from+i+1, false
	}
	if i := bytes.IndexByte(source[at:to], '\n'); i >= 0 {
		to, cutAfter = at+i, false
	}
	return from, to, cutBefore, cutAfter
}

// Printable returns s with what a terminal would act on replaced: source text
// and file names are not to be trusted.
func Printable(s string) string {
	return PrintableLines(strings.Map(func(r rune) rune {
		switch r {
		case '\t':
			return ' '
		case '\n':
			return '�'
		}
		return r
	}, s))
}

// PrintableLines is Printable for a text of several lines, whose tabs stay.
func PrintableLines(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && r != '\n' && (r == utf8.RuneError || !unicode.IsPrint(r)) {
			return '�'
		}
		return r
	}, s)
}

// cells returns how many cells of a terminal a printable text takes.
func cells(s string) int {
	n := 0
	for _, r := range s {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// Wrap breaks s at blanks into lines of at most width runes, where it can.
func Wrap(s string, width int) []string {
	var lines []string
	length := 0
	for _, word := range strings.Fields(s) {
		n := utf8.RuneCountInString(word)
		if len(lines) > 0 && length+1+n <= width {
			lines[len(lines)-1] += " " + word
			length += 1 + n
			continue
		}
		lines = append(lines, word)
		length = n
	}
	return lines
}
