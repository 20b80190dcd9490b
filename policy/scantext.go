package policy

import (
	"bytes"
	"unicode/utf8"
)

func (s *scanner) openText(t text) {
	t.level = len(s.levels)
	s.open(t.kind)
	s.texts = append(s.texts, t)
}

// closeText ends the innermost text or sequence. Brackets that are still open in
// it count on.
func (s *scanner) closeText() {
	t := s.text()
	for i, l := range s.levels[t.level:] {
		s.chain -= l.operators
		if i > 0 {
			s.chain += l.operators + 1
		}
	}
	s.levels = s.levels[:t.level]
	s.texts = s.texts[:len(s.texts)-1]
	s.operator()
}

// quoted reads a part of a quoted text.
func (s *scanner) quoted(t *text) {
	s.tokens++
	t.parts++
	if s.template(t) {
		return
	}
	start := s.pos
	defer func() { t.bytes += s.pos - start }()
	if c := s.src[s.pos]; c == '\n' || c == '\r' || c == '$' || c == '%' {
		s.pos++
		return
	}
	for s.pos < len(s.src) {
		switch s.src[s.pos] {
		case '"':
			if s.pos == start {
				s.pos++
				start++
				s.closeText()
			}
			return
		case '\n', '\r', '$', '%':
			return
		case '\\':
			s.pos++
			if s.pos == len(s.src) || s.src[s.pos] == '\n' || s.src[s.pos] == '\r' {
				s.tokens++
			} else {
				s.pos++
			}
		default:
			s.pos++
		}
	}
}

// lines reads a part of a heredoc or a JSON string, at most a line.
func (s *scanner) lines(t *text) {
	s.tokens++
	t.parts++
	fresh := t.fresh
	t.fresh = false
	if s.template(t) {
		return
	}
	n := bytes.IndexAny(s.src[s.pos:], "\n$%")
	switch {
	case n < 0:
		n = len(s.src) - s.pos
	case s.src[s.pos+n] == '\n':
		if t.kind == heredoc && fresh && string(bytes.TrimSpace(s.src[s.pos:s.pos+n])) == t.marker {
			s.pos += len(bytes.TrimSuffix(s.src[s.pos:s.pos+n], []byte("\r"))) // the newline is code again
			s.closeText()
			return
		}
		n++
		t.fresh = true
	case n == 0:
		n = 1
	}
	s.pos += n
	t.bytes += n
}

// template reads "${" or "%{", which begins a sequence, or one that is escaped
// as "$${". It returns false for anything else.
func (s *scanner) template(t *text) bool {
	for _, sign := range []string{"$", "%"} {
		switch {
		case s.at(sign + sign + "{"):
			s.pos += 3
			t.bytes += 3
			return true
		case s.at(sign + "{"):
			s.pos += 2
			if s.at("~") {
				s.pos++
			}
			s.openText(text{kind: sequence})
			return true
		}
	}
	return false
}

// heredoc reads the beginning of a heredoc, "<<NAME" or "<<-NAME" and the end of
// the line, if there is one.
func (s *scanner) heredoc() bool {
	rest, ok := bytes.CutPrefix(s.src[s.pos:], []byte("<<"))
	if !ok {
		return false
	}
	rest = bytes.TrimPrefix(rest, []byte("-"))
	n := 0
	for n < len(rest) && (isWord(rest[n]) || n > 0 && rest[n] == '-') {
		n++
	}
	marker, rest := rest[:n], rest[n:]
	if len(rest) > 0 && rest[0] >= utf8.RuneSelf {
		s.fail("The name of a heredoc has a letter that is not ASCII")
		return true
	}
	rest = bytes.TrimPrefix(rest, []byte("\r"))
	rest, ok = bytes.CutPrefix(rest, []byte("\n"))
	if !ok || n == 0 || '0' <= marker[0] && marker[0] <= '9' {
		return false
	}
	s.pos = len(s.src) - len(rest)
	s.openText(text{kind: heredoc, marker: string(marker), fresh: true})
	return true
}
