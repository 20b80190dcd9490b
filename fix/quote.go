package fix

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// isLiteral reports whether text is a string in quotes, without anything inserted
// into it, of this value.
func (f *File) isLiteral(text, value string) bool {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return false
	}
	if !f.json {
		got, ok := unquote(text[1 : len(text)-1])
		return ok && got == value
	}
	var got string
	if json.Unmarshal([]byte(text), &got) != nil {
		return false
	}
	got, ok := untemplate(got)
	return ok && got == value
}

// untemplate undoes the escapes of a template: $${ and %%{ stand for ${ and %{.
func untemplate(s string) (string, bool) {
	bare := strings.NewReplacer("$${", "", "%%{", "").Replace(s)
	if strings.Contains(bare, "${") || strings.Contains(bare, "%{") {
		return "", false
	}
	return strings.NewReplacer("$${", "${", "%%{", "%{").Replace(s), true
}

// unquote undoes the escapes of a quoted string of HCL's native syntax.
func unquote(s string) (string, bool) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, `\`)
		plain, ok := untemplate(before)
		if !ok || strings.ContainsAny(before, "\"\n") {
			return "", false
		}
		b.WriteString(plain)
		if !found {
			return b.String(), true
		}
		r, tail, ok := unescape(rest)
		if !ok {
			return "", false
		}
		b.WriteRune(r)
		s = tail
	}
}

// unescape returns the character of an escape, of which s lacks the backslash,
// and what follows it.
func unescape(s string) (rune, string, bool) {
	if s == "" {
		return 0, "", false
	}
	digits := 0
	switch s[0] {
	case 'n':
		return '\n', s[1:], true
	case 'r':
		return '\r', s[1:], true
	case 't':
		return '\t', s[1:], true
	case '"', '\\':
		return rune(s[0]), s[1:], true
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	}
	if digits == 0 || len(s) < 1+digits {
		return 0, "", false
	}
	n, err := strconv.ParseUint(s[1:1+digits], 16, 32)
	return rune(n), s[1+digits:], err == nil && utf8.ValidRune(rune(n))
}

// quote returns a string as the language of the file writes it.
func (f *File) quote(s string) string {
	s = strings.NewReplacer("${", "$${", "%{", "%%{").Replace(s)
	if !f.json {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s) + `"`
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil { // a string always can be
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}
