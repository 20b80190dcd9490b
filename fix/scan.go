package fix

import (
	"bytes"
	"strings"
)

// list is what stands between two brackets: its items, and the commas behind
// them.
type list struct {
	open, close byte // the brackets; '"' and '$' stand for strings and what is inserted into them
	start       int  // of the opening bracket
	literal     bool // a list of values, from which items can be removed
	items       []span
	commas      []int // behind items of the same index
	pending     bool  // the last item goes on
	parent      *list
	index       int // of the item of parent that the list is, or is in
}

// span is a stretch of bytes.
type span struct{ start, end int }

// place is an item of a list.
type place struct {
	list  *list
	index int
}

// scanner finds the lists of a source. It knows what a string, a comment and a
// heredoc are, so that it takes no bracket in them for one of the language.
type scanner struct {
	src    []byte
	json   bool
	at     int
	inside *list // nil at the top
	word   string
	starts map[int]place
}

// scan returns the items of all lists by their first byte.
func scan(src []byte, json bool) map[int]place {
	s := &scanner{src: src, json: json, starts: map[int]place{}}
	for s.at < len(src) {
		if s.inside != nil && s.inside.open == '"' {
			s.text()
		} else {
			s.code()
		}
	}
	return s.starts
}

// code takes one token outside of strings.
func (s *scanner) code() {
	c, rest := s.src[s.at], s.src[s.at:]
	switch {
	case c == ' ' || c == '\t' || c == '\r' || c == '\n':
		s.at++
	case !s.json && (c == '#' || bytes.HasPrefix(rest, []byte("//"))):
		s.skipTo("\n")
	case !s.json && bytes.HasPrefix(rest, []byte("/*")):
		s.at += 2
		s.skipTo("*/")
	case !s.json && bytes.HasPrefix(rest, []byte("<<")):
		s.heredoc()
	case c == ',':
		s.comma()
	case c == '"':
		s.push('"', '"')
	case c == '[':
		s.push('[', ']')
	case c == '(':
		s.push('(', ')')
	case c == '{':
		s.push('{', '}')
	case c == ']' || c == ')' || c == '}':
		s.pop(c)
	case isWord(c):
		s.words()
	default:
		s.token(s.at, s.at+1, "")
	}
}

func isWord(c byte) bool {
	return c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

func (s *scanner) words() {
	end := s.at
	for end < len(s.src) && isWord(s.src[end]) {
		end++
	}
	s.token(s.at, end, string(s.src[s.at:end]))
}

// skipTo skips what comes before and with the text end.
func (s *scanner) skipTo(end string) {
	if i := bytes.Index(s.src[s.at:], []byte(end)); i >= 0 {
		s.at += i + len(end)
	} else {
		s.at = len(s.src)
	}
}

// heredoc takes <<NAME up to the line that is NAME.
func (s *scanner) heredoc() {
	start := s.at
	line, _, _ := bytes.Cut(s.src[s.at+2:], []byte("\n"))
	name := strings.TrimSpace(strings.TrimPrefix(string(line), "-"))
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r < 0x80 && !isWord(byte(r)) }) {
		s.token(start, start+2, "")
		return
	}
	for s.skipTo("\n"); s.at < len(s.src); {
		line, _, _ := bytes.Cut(s.src[s.at:], []byte("\n"))
		if strings.TrimSpace(string(line)) == name {
			s.token(start, s.at+len(line), "")
			return
		}
		s.skipTo("\n")
	}
}

// text takes a stretch of a string.
func (s *scanner) text() {
	c, rest := s.src[s.at], s.src[s.at:]
	inserts := !s.json && len(rest) > 1 && (c == '$' || c == '%')
	switch {
	case c == '"':
		s.pop('"')
	case c == '\\':
		s.at += 2
	case inserts && rest[1] == c: // an escape where a brace follows
		s.at++
		if len(rest) > 2 && rest[2] == '{' {
			s.at += 2
		}
	case inserts && rest[1] == '{':
		s.at++
		s.push('$', '}')
	default:
		s.at++
	}
}

// push opens brackets. After a name, or other brackets, they are an index.
func (s *scanner) push(open, close byte) {
	l := &list{open: open, close: close, start: s.at, parent: s.inside}
	l.literal = open == '[' && (s.word == "" || s.word == "in") || open == '{' && s.json
	s.inside = l
	s.word = ""
	s.at++
}

// pop closes brackets; those that do not fit are passed over.
func (s *scanner) pop(closing byte) {
	l := s.inside
	if l == nil || l.close != closing {
		s.token(s.at, s.at+1, "")
		return
	}
	if l.open != '"' {
		for i, item := range l.items {
			s.starts[item.start] = place{l, i}
		}
	}
	s.inside = l.parent
	s.word = ""
	s.token(l.start, s.at+1, string(closing))
	if l.parent != nil {
		l.index = len(l.parent.items) - 1
	}
}

// comma ends an item.
func (s *scanner) comma() {
	if l := s.inside; l != nil && l.pending {
		l.pending = false
		l.commas = append(l.commas, s.at)
	}
	s.word = ""
	s.at++
}

// token takes a token, which is an item or a part of one. The word is that which
// an index may follow, or "".
func (s *scanner) token(start, end int, word string) {
	if l := s.inside; l != nil && l.pending {
		l.items[len(l.items)-1].end = end
	} else if l != nil {
		l.items = append(l.items, span{start, end})
		l.pending = true
	}
	s.word = word
	s.at = end
}
