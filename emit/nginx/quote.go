package nginx

import (
	"strings"

	"github.com/corsgen/corsgen/emit"
)

// Text of a policy reaches the output through the functions of this file alone,
// and they return it in the double quotes that nginx reads arguments from.

// quote returns s as one quoted argument that nginx reads back as s. Variables
// are a matter of the directive: where it takes them, a "$" must not be in s.
func quote(s string) string { return emit.Quote(s, `"'\trn`) }

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
