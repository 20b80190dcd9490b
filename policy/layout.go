package policy

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// maxListWidth is how many characters of a line a list may take, brackets
// included.
const maxListWidth = 80

// layout returns src, which is valid HCL with canonical blanks in its lines,
// with canonical line breaks: empty lines between blocks and at most one
// elsewhere, and lists either on one line or with a line for each element.
func layout(src []byte) []byte {
	t := newLayouter(src)
	file, _ := hclsyntax.ParseConfig(src, "", hcl.InitialPos)
	body := file.Body.(*hclsyntax.Body)
	hclsyntax.Walk(body, &listWalker{t: t})
	for i := range t.pieces {
		t.trim(i)
	}
	t.body(body, false)
	return t.bytes()
}

// layouter holds the tokens of a file, without its line breaks.
type layouter struct {
	src    []byte
	pieces []piece // the last one is the end of the file
}

// piece is a token and what stands before it.
type piece struct {
	kind       hclsyntax.TokenType
	text       string
	start, end int    // in src
	blanks     string // on the same line
	breaks     int    // line breaks; 2 make an empty line, and more are not kept
	comma      bool   // one follows the token
}

func newLayouter(src []byte) *layouter {
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	t := &layouter{src: src, pieces: make([]piece, 0, len(tokens))}
	end, breaks := 0, 0
	for _, token := range tokens {
		p := piece{kind: token.Type, text: string(token.Bytes), start: token.Range.Start.Byte, end: token.Range.End.Byte}
		p.blanks = string(src[end:p.start])
		end = p.end
		if p.kind == hclsyntax.TokenNewline {
			breaks++
			continue
		}
		p.breaks = min(breaks, 2)
		breaks = 0
		if p.kind == hclsyntax.TokenComment {
			breaks = p.comment()
		}
		t.pieces = append(t.pieces, p)
	}
	return t
}

// comment removes blanks at the ends of lines of a comment, and the line break
// at its end, of which it returns the number.
func (p *piece) comment() int {
	text, ends := strings.CutSuffix(p.text, "\n")
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t\r")
	}
	p.text = strings.Join(lines, "\n")
	if ends {
		return 1
	}
	return 0
}

// at returns the index of the token that starts at a byte of src, or behind it.
func (t *layouter) at(start int) int {
	i, _ := slices.BinarySearchFunc(t.pieces, start, func(p piece, start int) int { return cmp.Compare(p.start, start) })
	return i
}

// trim removes empty lines at the beginning and the end of brackets and of the
// file.
func (t *layouter) trim(i int) {
	p := &t.pieces[i]
	switch {
	case i == 0:
		p.breaks = 0
	case p.kind == hclsyntax.TokenEOF:
		p.breaks = 1
	case deeper(p.kind) < 0 || deeper(t.pieces[i-1].kind) > 0:
		p.breaks = min(p.breaks, 1)
	}
}

// deeper returns by how much a token makes brackets nest deeper.
func deeper(kind hclsyntax.TokenType) int {
	switch kind {
	case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
		return 1
	case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
		return -1
	default:
		return 0
	}
}

// bytes returns the text.
func (t *layouter) bytes() []byte {
	var b bytes.Buffer
	for _, p := range t.pieces {
		if p.breaks == 0 {
			b.WriteString(p.blanks)
		}
		for range p.breaks {
			b.WriteByte('\n')
		}
		b.WriteString(p.text)
		if p.comma {
			b.WriteByte(',')
		}
	}
	return b.Bytes()
}

// member is an attribute or a block in a body.
type member struct {
	first, last int    // tokens
	block       string // its type; "" for an attribute
}

// body puts empty lines around the blocks in a body. In a block, those of one
// type may stand close together.
func (t *layouter) body(b *hclsyntax.Body, nested bool) {
	var members []member
	for _, a := range b.Attributes {
		members = append(members, member{first: t.at(a.SrcRange.Start.Byte)})
	}
	for _, block := range b.Blocks {
		t.block(block)
		members = append(members, member{t.at(block.TypeRange.Start.Byte), t.at(block.CloseBraceRange.Start.Byte), block.Type})
	}
	slices.SortFunc(members, func(a, b member) int { return cmp.Compare(a.first, b.first) })
	for i, m := range members {
		alike := i > 0 && m.block == members[i-1].block
		if i == 0 || m.block == "" && alike || nested && alike {
			continue
		}
		if m.block != "" {
			t.pieces[t.lead(m.first)].breaks = 2
		}
		if previous := members[i-1]; previous.block != "" {
			t.pieces[t.next(previous.last)].breaks = 2
		}
	}
}

// block lays out a block. One that starts on the line of its brace and does not
// end there gets lines of its own.
func (t *layouter) block(b *hclsyntax.Block) {
	first, last := t.at(b.OpenBraceRange.Start.Byte)+1, t.at(b.CloseBraceRange.Start.Byte)
	if t.broken(first-1, last) && t.pieces[last].breaks == 0 {
		t.pieces[first].breaks, t.pieces[last].breaks = 1, 1
	}
	t.body(b.Body, true)
}

// broken reports whether there is a line break between two tokens.
func (t *layouter) broken(first, last int) bool {
	return slices.ContainsFunc(t.pieces[first+1:last+1], func(p piece) bool { return p.breaks > 0 })
}

// lead returns the first of the comments that stand right above the token i, or
// i itself.
func (t *layouter) lead(i int) int {
	for i > 0 && t.pieces[i].breaks == 1 && t.pieces[i-1].kind == hclsyntax.TokenComment && t.pieces[i-1].breaks > 0 {
		i--
	}
	return i
}

// next returns the first token on the line after that of i.
func (t *layouter) next(i int) int {
	for i++; t.pieces[i].breaks == 0; i++ {
	}
	return i
}

// width returns how many characters the tokens from first to last take on one
// line.
func (t *layouter) width(first, last int) int {
	return utf8.RuneCount(t.src[t.pieces[first].start:t.pieces[last].end])
}
