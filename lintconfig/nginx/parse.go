package nginx

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/lintconfig"
)

// Directive is one directive of a file.
type Directive struct {
	Source *lintconfig.Source
	Name   lintconfig.Word
	Args   []lintconfig.Word
	Block  []*Directive // nil without a block
}

// Range returns the place of the name and the arguments.
func (d *Directive) Range() diag.Range {
	if d.Source == nil { // the root
		return diag.Range{}
	}
	end := d.Name.End
	if n := len(d.Args); n > 0 {
		end = d.Args[n-1].End
	}
	return d.Source.Range(d.Name.Start, end)
}

// Arg returns the text of an argument, "" where there is none.
func (d *Directive) Arg(i int) string {
	if i >= len(d.Args) {
		return ""
	}
	return d.Args[i].Text
}

// parser reads a file as nginx does.
type parser struct {
	source *lintconfig.Source
	text   []byte
	pos    int
	left   *int // how many directives may follow
	found  diag.List
}

// parse returns the directives of a file, as far as they can be read, and what
// is wrong with it. It lowers left by their number.
func parse(s *lintconfig.Source, left *int) ([]*Directive, diag.List) {
	p := &parser{source: s, text: s.Text, left: left}
	return p.block(0), p.found
}

// block reads directives up to the end of the file or of the block that it is
// called for. At an error it gives up, all the way.
func (p *parser) block(depth int) []*Directive {
	all := []*Directive{}
	for {
		words, end, ok := p.statement()
		switch {
		case !ok:
			return all
		case end == 0 && depth > 0:
			p.fail(len(p.text), "A block is not closed", `Write the missing "}".`)
			return all
		case end == 0 && len(words) > 0:
			p.fail(words[0].Start, "A directive is not ended", `Write ";" at its end.`)
			return all
		case end == 0:
			return all
		case end == '}':
			if depth == 0 || len(words) > 0 {
				p.fail(p.pos-1, `Unexpected "}"`, `Remove it, or write the missing ";" or "{" before it.`)
			}
			return all
		}
		d := p.directive(words, end, depth)
		if d == nil {
			return all
		}
		all = append(all, d)
		if len(p.found) > 0 {
			return all
		}
	}
}

func (p *parser) directive(words []lintconfig.Word, end byte, depth int) *Directive {
	if len(words) == 0 {
		p.fail(p.pos-1, fmt.Sprintf("Unexpected %q", string(end)), "Write the name of a directive before it, or remove it.")
		return nil
	}
	if *p.left--; *p.left < 0 || depth >= lintconfig.MaxDepth {
		p.found = append(p.found, tooLarge(p.source.Range(words[0].Start, words[0].End)))
		return nil
	}
	d := &Directive{Source: p.source, Name: words[0], Args: words[1:]}
	switch {
	case end == '{' && strings.HasSuffix(d.Name.Text, "_by_lua_block"):
		p.skipLua()
	case end == '{':
		d.Block = p.block(depth + 1)
	}
	return d
}

func tooLarge(at diag.Range) diag.Diagnostic {
	return lintconfig.Finding("C007", at, "The configuration is too large",
		fmt.Sprintf("corsgen reads %d directives, %d blocks deep, in files that include each other %d deep.",
			lintconfig.MaxDirectives, lintconfig.MaxDepth, lintconfig.MaxIncludes))
}

func (p *parser) fail(at int, summary, detail string) {
	at = min(at, len(p.text))
	p.found = append(p.found, lintconfig.Finding("C520", p.source.Range(at, min(at+1, len(p.text))), summary,
		detail+" nginx -t says the same; what follows in this file is not looked at."))
}

// statement reads words up to a ";", "{" or "}", which it returns, or up to the
// end of the file, for which it returns 0.
func (p *parser) statement() (words []lintconfig.Word, end byte, ok bool) {
	for {
		p.blanks()
		if p.pos >= len(p.text) {
			return words, 0, true
		}
		switch c := p.text[p.pos]; c {
		case ';', '{', '}':
			p.pos++
			return words, c, true
		case '"', '\'':
			if !p.quoted(c) {
				return nil, 0, false
			}
			words = append(words, p.word(p.pos))
			p.pos = words[len(words)-1].End
		default:
			words = append(words, p.word(p.pos))
			p.pos = words[len(words)-1].End
		}
	}
}

func (p *parser) blanks() {
	for p.pos < len(p.text) {
		switch p.text[p.pos] {
		case ' ', '\t', '\r', '\n':
			p.pos++
		case '#':
			for p.pos < len(p.text) && p.text[p.pos] != '\n' {
				p.pos++
			}
		default:
			return
		}
	}
}

// quoted checks that the quoted word at the current place ends as nginx wants.
func (p *parser) quoted(quote byte) bool {
	end := p.closing(p.pos+1, quote)
	if end < 0 {
		p.fail(p.pos, "A quotation mark is not closed", "Write the missing quotation mark.")
		return false
	}
	if end+1 < len(p.text) && !strings.ContainsRune(" \t\r\n;{)", rune(p.text[end+1])) {
		p.fail(end+1, "Text follows a quotation mark", "Write a blank or a semicolon between them, or a backslash before the mark if it is a part of the text.")
		return false
	}
	return true
}

// closing returns where a quoted text that starts at i ends, -1 if nowhere.
func (p *parser) closing(i int, quote byte) int {
	for ; i < len(p.text); i++ {
		switch p.text[i] {
		case '\\':
			i++
		case quote:
			return i
		}
	}
	return -1
}

// word returns the word that starts at a place.
func (p *parser) word(start int) lintconfig.Word {
	if c := p.text[start]; c == '"' || c == '\'' {
		end := p.closing(start+1, c)
		return lintconfig.Word{Text: unescape(p.text[start+1 : end]), Start: start, End: end + 1}
	}
	i, variable := start, false
	for ; i < len(p.text); i++ {
		c := p.text[i]
		if c == '{' && variable { // of ${name}
			variable = false
			continue
		}
		variable = c == '$'
		if c == '\\' {
			i++
		} else if strings.IndexByte(" \t\r\n;{", c) >= 0 {
			break
		}
	}
	i = min(i, len(p.text))
	return lintconfig.Word{Text: unescape(p.text[start:i]), Start: start, End: i}
}

// unescape returns text as nginx stores it: some backslashes stay.
func unescape(text []byte) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		switch c := text[i+1]; c {
		case '"', '\'', '\\':
			b.WriteByte(c)
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case 'n':
			b.WriteByte('\n')
		default:
			b.WriteByte('\\')
			b.WriteByte(c)
		}
		i++
	}
	return b.String()
}

// skipLua skips Lua code up to the "}" that closes its block. Braces in its
// texts and comments do not count.
func (p *parser) skipLua() {
	start := p.pos - 1
	for depth := 1; p.pos < len(p.text); {
		c := p.text[p.pos]
		switch rest := p.text[p.pos:]; {
		case c == '"' || c == '\'':
			end := p.closing(p.pos+1, c)
			if end < 0 {
				end = len(p.text)
			}
			p.pos = end
		case longBracket(rest) > 0:
			p.pos += longBracket(rest) - 1
		case bytes.HasPrefix(rest, []byte("--")) && longBracket(rest[2:]) > 0:
			p.pos += 2 + longBracket(rest[2:]) - 1
		case bytes.HasPrefix(rest, []byte("--")):
			for p.pos+1 < len(p.text) && p.text[p.pos+1] != '\n' {
				p.pos++
			}
		case c == '{':
			depth++
		case c == '}':
			depth--
		}
		p.pos++
		if depth == 0 {
			return
		}
	}
	p.pos = len(p.text)
	p.fail(start, "A block of Lua is not closed", `Write the missing "}".`)
}

// longBracket returns the length of a Lua text such as [==[ … ]==] that text
// starts with, 0 if it does not.
func longBracket(text []byte) int {
	i := 1
	for i < len(text) && text[i] == '=' {
		i++
	}
	if len(text) == 0 || text[0] != '[' || i >= len(text) || text[i] != '[' {
		return 0
	}
	closing := []byte("]" + strings.Repeat("=", i-1) + "]")
	end := bytes.Index(text, closing)
	if end < 0 {
		return len(text)
	}
	return end + len(closing)
}
