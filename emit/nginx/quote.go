package nginx

import "strings"

// Text of a policy reaches the output through the functions of this file alone,
// and they return it in the double quotes that nginx reads arguments from.

// quote returns s as one quoted argument that nginx reads back as s. Variables
// are a matter of the directive: where it takes them, a "$" must not be in s.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' && !plainBackslash(s, i) {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	b.WriteByte('"')
	return b.String()
}

// plainBackslash reports whether the backslash at i may stand as it is, which
// keeps regular expressions readable: the character after it is not one with
// which it would mean something else.
func plainBackslash(s string, i int) bool {
	return i+1 < len(s) && !strings.ContainsRune(`"'\trn`, rune(s[i+1])) && (i == 0 || s[i-1] != '\\')
}

// quoteKey returns s as a literal key of a map.
func quoteKey(s string) string {
	switch {
	case s == "default", s == "hostnames", s == "include", s == "volatile",
		strings.HasPrefix(s, "~"), strings.HasPrefix(s, `\`):
		s = `\` + s
	}
	return quote(s)
}

// quoteRegexp returns a regular expression as a case-sensitive key of a map.
func quoteRegexp(expression string) string { return quote("~" + expression) }

// isText reports whether s is printable ASCII, which is all that quote is for.
func isText(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}
