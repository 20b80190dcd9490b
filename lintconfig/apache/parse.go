package apache

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/lintconfig"
)

// Directive is a directive or a section of a file. The name is in lower case.
type Directive struct {
	Source  *lintconfig.Source
	Name    string
	Args    []lintconfig.Word
	Section bool
	Block   []*Directive

	start, end int
}

// Range returns the place of the directive, or of a section's first line.
func (d *Directive) Range() diag.Range {
	if d.Source == nil { // the root
		return diag.Range{}
	}
	return d.Source.Range(d.start, d.end)
}

// Arg returns the text of an argument, "" where there is none.
func (d *Directive) Arg(i int) string {
	if i >= len(d.Args) {
		return ""
	}
	return d.Args[i].Text
}

// line is a line as Apache sees it: a backslash at the end of a line of the file
// joins the next one to it.
type line struct {
	text  []byte
	start int // where text is in the file
	joins []join
}

// join is where a line of the file was joined to the one before: in text, and how
// many bytes of the file were left out.
type join struct{ at, left int }

// at returns where a byte of the line is in the file.
func (l line) at(i int) int {
	at := l.start + i
	for _, j := range l.joins {
		if j.at > i {
			break
		}
		at += j.left
	}
	return at
}

type parser struct {
	source *lintconfig.Source
	rest   []byte
	pos    int // where rest is in the file
	left   int
	found  diag.List
}

// parse returns the directives of a file, as far as they can be read, and what
// is wrong with it.
func parse(s *lintconfig.Source) ([]*Directive, diag.List) {
	p := &parser{source: s, rest: s.Text, left: lintconfig.MaxDirectives}
	return p.block(nil, 0), p.found
}

// next returns the next line, without the blanks around it.
func (p *parser) next() (line, bool) {
	if len(p.rest) == 0 {
		return line{}, false
	}
	l := line{start: p.pos}
	for {
		text, left := p.physical()
		l.text = append(l.text, text...)
		if left == 0 || len(l.joins) >= maxJoins {
			break
		}
		l.joins = append(l.joins, join{len(l.text), left})
	}
	l.text = bytes.TrimRight(l.text, " \t\r\n\v\f")
	for len(l.text) > 0 && strings.IndexByte(" \t\r\v\f", l.text[0]) >= 0 && (len(l.joins) == 0 || l.joins[0].at > 0) {
		l.text, l.start = l.text[1:], l.start+1
		for i := range l.joins {
			l.joins[i].at--
		}
	}
	return l, true
}

const maxJoins = 1000

// physical returns a line of the file and, if the next one is joined to it, how
// many bytes are between them.
func (p *parser) physical() (text []byte, left int) {
	next := bytes.IndexByte(p.rest, '\n') + 1
	if next == 0 {
		next = len(p.rest)
	}
	text = bytes.TrimSuffix(bytes.TrimSuffix(p.rest[:next], []byte("\n")), []byte("\r"))
	if next < len(p.rest) && bytes.HasSuffix(text, []byte(`\`)) {
		text = text[:len(text)-1]
		left = next - len(text)
	}
	p.rest, p.pos = p.rest[next:], p.pos+next
	return text, left
}

// block reads directives up to the end of the section that it is called for, or
// of the file. At an error it gives up, all the way.
func (p *parser) block(section *Directive, depth int) []*Directive {
	var all []*Directive
	for {
		l, ok := p.next()
		switch {
		case !ok:
			if section != nil {
				p.fail(section.Range(), fmt.Sprintf("<%s> is not closed", section.Name), fmt.Sprintf("Write </%s> at its end.", section.Name))
			}
			return all
		case len(l.text) == 0 || l.text[0] == '#':
			continue
		case bytes.HasPrefix(l.text, []byte("</")):
			name := strings.ToLower(strings.TrimSpace(strings.Trim(string(l.text), "</>")))
			if section == nil || section.Name != name {
				p.fail(p.place(l), fmt.Sprintf("</%.40s> closes nothing", name), "Remove it, or close the section that is open first.")
			}
			return all
		}
		d := p.directive(l)
		if p.left--; p.left < 0 || depth >= lintconfig.MaxDepth {
			p.found = append(p.found, tooLarge(d.Range()))
		}
		all = append(all, d)
		if d.Section && len(p.found) == 0 {
			p.section(d, depth)
		}
		if len(p.found) > 0 {
			return all
		}
	}
}

// section reads what a section holds. What <Perl> holds is no configuration, and
// what <Macro> holds is not yet any.
func (p *parser) section(d *Directive, depth int) {
	if d.Name != "perl" && d.Name != "macro" {
		d.Block = p.block(d, depth+1)
		return
	}
	for {
		l, ok := p.next()
		if !ok {
			p.fail(d.Range(), fmt.Sprintf("<%s> is not closed", d.Name), fmt.Sprintf("Write </%s> at its end.", d.Name))
			return
		}
		if strings.HasPrefix(strings.ToLower(string(l.text)), "</"+d.Name) {
			return
		}
		d.Args = append(d.Args, lintconfig.Word{Text: string(l.text), Start: l.at(0), End: l.at(len(l.text))})
	}
}

func tooLarge(at diag.Range) diag.Diagnostic {
	return lintconfig.Finding("C007", at, "The configuration is too large",
		fmt.Sprintf("corsgen reads %d directives, %d sections deep, in files that include each other %d deep.",
			lintconfig.MaxDirectives, lintconfig.MaxDepth, lintconfig.MaxIncludes))
}

func (p *parser) fail(at diag.Range, summary, detail string) {
	p.found = append(p.found, lintconfig.Finding("C520", at, summary,
		detail+" apachectl configtest says the same; what follows in this file is not looked at."))
}

func (p *parser) place(l line) diag.Range { return p.source.Range(l.at(0), l.at(len(l.text))) }

// directive reads a line.
func (p *parser) directive(l line) *Directive {
	d := &Directive{Source: p.source, start: l.at(0), end: l.at(len(l.text))}
	text := l.text
	i := 0
	if text[0] == '<' {
		d.Section, i = true, 1
		text = bytes.TrimSuffix(text, []byte(">"))
	}
	start := i
	for i < len(text) && !blank(text[i]) {
		i++
	}
	d.Name = strings.ToLower(string(text[start:i]))
	for {
		for i < len(text) && blank(text[i]) {
			i++
		}
		if i >= len(text) {
			return d
		}
		end, word := argument(text, i)
		d.Args = append(d.Args, lintconfig.Word{Text: word, Start: l.at(i), End: l.at(end)})
		i = end
	}
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f' }

// argument returns the argument that starts at i, and where it ends. In quotes a
// backslash takes the meaning from a quote and from itself.
func argument(text []byte, i int) (end int, word string) {
	quote := text[i]
	if quote != '"' && quote != '\'' {
		end = i
		for end < len(text) && !blank(text[end]) {
			end++
		}
		return end, string(text[i:end])
	}
	var b strings.Builder
	for end = i + 1; end < len(text) && text[end] != quote; end++ {
		if text[end] == '\\' && end+1 < len(text) && (text[end+1] == quote || text[end+1] == '\\') {
			end++
		}
		b.WriteByte(text[end])
	}
	return min(end+1, len(text)), b.String()
}
