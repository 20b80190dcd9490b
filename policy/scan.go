package policy

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// scan looks at a source before HCL parses it, and reports what would exhaust
// the stack, the memory or the time of the parser: its depth, and what it keeps
// per token, are not bounded. It returns whether the source may be parsed.
func (l *loader) scan(name string, src []byte, isJSON bool) bool {
	if !l.isText(name, src) {
		return false
	}
	at := hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}
	s := &scanner{src: bytes.TrimPrefix(src, []byte("\ufeff"))}
	if isJSON {
		s.json()
	} else {
		s.run()
	}
	if s.fault == "" {
		return true
	}
	at.Start = position(src, s.faultPos+len(src)-len(s.src))
	at.End = at.Start
	l.fail(codeLimit, at, s.fault, "Policies are written by hand or by a program of yours; split this up, or keep lists of origins in files of their own.")
	return false
}

// isText reports a source that is not UTF-8, or would be read as something else.
func (l *loader) isText(name string, src []byte) bool {
	if utf8.Valid(src) {
		return !l.twin(name, src)
	}
	at := position(src, invalidByte(src))
	l.fail(codeSyntax, hcl.Range{Filename: name, Start: at, End: at}, "The file is not UTF-8", "Save it in the encoding UTF-8.")
	return false
}

// scanTemplate is scan for the text of a JSON string, all of which is at at.
func (l *loader) scanTemplate(src []byte, at hcl.Range) bool {
	if l.templates > maxTokens { // reported
		return false
	}
	s := &scanner{src: src, texts: []text{{kind: bare}}, tokens: l.templates}
	s.open(bare)
	s.run()
	l.templates = s.tokens + 20 // what parsing one costs by itself
	if s.fault != "" {
		l.fail(codeLimit, at, s.fault, "Split the text up.")
	}
	return s.fault == ""
}

// scanTypeText reports whether a type in a JSON string may be parsed.
func (l *loader) scanTypeText(expr hcl.Expression) bool {
	v, diags := expr.Value(nil)
	if diags.HasErrors() || v.IsNull() || !v.IsKnown() || v.Type() != cty.String {
		return true
	}
	s := &scanner{src: []byte(v.AsString())}
	s.run()
	return s.fault == ""
}

func invalidByte(src []byte) int {
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(src)
}

// position returns the place of a byte. The column counts characters.
func position(src []byte, i int) hcl.Pos {
	before := src[:min(i, len(src))]
	line := before[bytes.LastIndexByte(before, '\n')+1:]
	return hcl.Pos{Line: 1 + bytes.Count(before, []byte("\n")), Column: 1 + utf8.RuneCount(line), Byte: len(before)}
}

// scanner walks over a source as HCL's scanner does, without keeping tokens. It
// needs to agree with that about where code, quoted texts and heredocs begin and
// end; elsewhere it may count more tokens and more depth than there are, and
// never less. The source must be valid UTF-8.
type scanner struct {
	src    []byte
	pos    int
	tokens int
	fault  string // which limit is broken, at faultPos; "" for none

	faultPos int

	texts  []text  // the quoted texts, heredocs and sequences around pos
	levels []level // the brackets, and all of texts
	chain  int     // operators of all levels, and brackets without their counterpart
}

// kind is what a text or a level is.
type kind byte

const (
	quoted   kind = '"'
	heredoc  kind = 'h'
	bare     kind = 'b' // the whole text of a JSON string
	sequence kind = '$' // code in a text, from ${ or %{ to }
	brace    kind = '{'
	bracket  kind = '['
	paren    kind = '('
)

// text is a quoted text, a heredoc, or the code in one.
type text struct {
	kind   kind
	braces int // of a sequence: open ones
	level  int // its index in levels
	marker string
	fresh  bool // of a heredoc: nothing of the line is read yet
	parts  int
	bytes  int
}

// level is something that nests.
type level struct {
	kind      kind
	operators int  // since the last comma or newline that ends an expression
	loop      bool // a for expression, which newlines do not end
}

func (s *scanner) run() {
	for s.fault == "" && s.pos < len(s.src) {
		switch t := s.text(); {
		case t == nil || t.kind == sequence:
			s.code()
		case t.kind == quoted:
			s.quoted(t)
		default:
			s.lines(t)
		}
		s.check()
	}
}

// text returns the innermost text, or nil outside all of them.
func (s *scanner) text() *text {
	if len(s.texts) == 0 {
		return nil
	}
	return &s.texts[len(s.texts)-1]
}

func (s *scanner) check() {
	switch t := s.text(); {
	case s.tokens > maxTokens:
		s.fail("The file has too many elements")
	case len(s.levels)+s.chain > maxDepth:
		s.fail("More than %d brackets or operators nest here", maxDepth)
	case t != nil && t.parts > maxDepth:
		s.fail("The text has more than %d lines or templates", maxDepth)
	case t != nil && t.bytes > maxString:
		s.fail("The text has more than %d KiB", maxString>>10)
	}
}

// code reads one token outside of texts.
func (s *scanner) code() {
	s.tokens++
	switch c := s.src[s.pos]; {
	case c == ' ' || c == '\t':
		s.tokens--
		s.pos++
	case isWord(c):
		s.word()
	case c == '\n' || s.at("\r\n"):
		s.pos += 1 + bytes.IndexByte(s.src[s.pos:], '\n')
		s.newline()
	case c == '#' || s.at("//"):
		s.comment()
	case s.at("/*"):
		s.longComment()
	case c == '"':
		s.pos++
		s.openText(text{kind: quoted})
	case c == '<' && s.heredoc():
	case c == '{' || c == '[' || c == '(':
		s.pos++
		s.open(kind(c))
	case c == '}' || c == ']' || c == ')':
		s.pos++
		s.close(c)
	case c == ',':
		s.pos++
		s.end()
	default:
		s.pos++
		s.operator()
	}
}

func (s *scanner) fail(format string, args ...any) {
	if s.fault == "" {
		s.fault, s.faultPos = fmt.Sprintf(format, args...), s.pos
	}
}

func (s *scanner) at(prefix string) bool { return bytes.HasPrefix(s.src[s.pos:], []byte(prefix)) }

// isWord reports whether c is in names and numbers. Others than ASCII are
// counted one by one.
func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

// word reads a name or a number, or both: 1a is two tokens.
func (s *scanner) word() {
	start := s.pos
	for s.pos < len(s.src) && isWord(s.src[s.pos]) {
		s.pos++
	}
	s.tokens++
	if c := s.src[start]; '0' <= c && c <= '9' && s.pos-start > maxNumber {
		s.fail("The number has more than %d digits", maxNumber)
	}
}

// comment reads a comment up to the end of the line.
func (s *scanner) comment() {
	n := bytes.IndexByte(s.src[s.pos:], '\n')
	if n < 0 {
		s.pos = len(s.src)
		return
	}
	s.pos += n + 1
	s.newline()
}

// longComment reads a comment between /* and */. HCL would read one without an
// end in quadratic time.
func (s *scanner) longComment() {
	n := bytes.Index(s.src[s.pos+2:], []byte("*/"))
	if n < 0 {
		s.fail("The comment has no end; write */ after it")
		s.pos = len(s.src)
		return
	}
	s.pos += 2 + n + 2
}

// open begins a level.
func (s *scanner) open(k kind) {
	s.levels = append(s.levels, level{kind: k, loop: k == brace && s.beforeFor()})
	if t := s.text(); k == brace && t != nil && t.kind == sequence {
		t.braces++
	}
}

// beforeFor reports whether the next word is "for". In such braces newlines do
// not end an expression.
func (s *scanner) beforeFor() bool {
	ahead := scanner{src: s.src, pos: s.pos}
	for ahead.pos < len(ahead.src) {
		switch c := ahead.src[ahead.pos]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			ahead.pos++
		case c == '#' || ahead.at("//"):
			ahead.comment()
		case ahead.at("/*"):
			ahead.longComment()
		default:
			return ahead.at("for")
		}
	}
	return false
}

// close ends a level, or a sequence in a text. A bracket without its
// counterpart stays open.
func (s *scanner) close(c byte) {
	if t := s.text(); c == '}' && t != nil {
		if t.braces == 0 {
			s.closeText()
			return
		}
		t.braces--
	}
	opener := map[byte]kind{'}': brace, ']': bracket, ')': paren}[c]
	if last := len(s.levels) - 1; last >= 0 && s.levels[last].kind == opener {
		s.chain -= s.levels[last].operators
		s.levels = s.levels[:last]
	}
	s.operator()
}

// operator counts what makes the syntax tree deeper without a bracket.
func (s *scanner) operator() {
	s.chain++
	if last := len(s.levels) - 1; last >= 0 {
		s.levels[last].operators++
	}
}

// newline ends an expression in a body and in an object.
func (s *scanner) newline() {
	if last := len(s.levels) - 1; last < 0 || s.levels[last].kind == brace && !s.levels[last].loop {
		s.end()
	}
}

// end ends an expression.
func (s *scanner) end() {
	if last := len(s.levels) - 1; last >= 0 {
		s.chain -= s.levels[last].operators
		s.levels[last].operators = 0
	} else {
		s.chain = 0
	}
}
