package policy

// json is run for JSON syntax. The templates in its strings are looked at when
// they are parsed.
func (s *scanner) json() {
	for s.fault == "" && s.pos < len(s.src) {
		s.tokens++
		switch c := s.src[s.pos]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			s.tokens--
			s.pos++
		case c == '"':
			s.jsonString()
		case c == '[' || c == '{':
			s.pos++
			s.levels = append(s.levels, level{kind: kind(c)})
		case c == ']' || c == '}':
			s.pos++
			s.closeJSON(c)
		case '0' <= c && c <= '9' || c == '-' || c == '+' || c == '.':
			s.jsonNumber()
		default:
			s.pos++
		}
		s.check()
	}
}

func (s *scanner) closeJSON(c byte) {
	last := len(s.levels) - 1
	if last >= 0 && byte(s.levels[last].kind)+2 == c { // as ASCII has it
		s.levels = s.levels[:last]
	}
}

// jsonString reads a string, which a control character ends as a quote does.
func (s *scanner) jsonString() {
	escaped := false
	for s.pos++; s.pos < len(s.src); s.pos++ {
		switch c := s.src[s.pos]; {
		case c == '\\':
			escaped = !escaped
		case c == '"' && !escaped:
			s.pos++
			return
		case c < ' ':
			return
		default:
			escaped = false
		}
	}
}

func (s *scanner) jsonNumber() {
	start := s.pos
	for s.pos < len(s.src) && isJSONNumber(s.src[s.pos]) {
		s.pos++
	}
	if s.pos-start > maxNumber {
		s.fail("The number has more than %d digits", maxNumber)
	}
}

func isJSONNumber(c byte) bool {
	return '0' <= c && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'
}
