package apache

import (
	"errors"
	"fmt"
	"strings"

	"github.com/corsgen/corsgen/emit"
)

// Text of a policy reaches the output through the functions of this file alone,
// and they return it in the double quotes that Apache reads arguments from.

// quote returns s as one quoted argument of a directive. A backslash stands for
// itself before everything but a quote and another backslash. There is no way to
// write a "${" that Apache does not take for a variable; callers keep it out.
func quote(s string) string { return emit.Quote(s, `"\`) }

var errValue = errors.New("not a header value that Apache can state")

// quoteValue returns s as the quoted value of a Header directive, which expands
// "%" and backslashes once more than other directives do. It fails for what
// would not come out as it is: control bytes, which Apache answers with 500,
// "${", and an "expr=" in front.
func quoteValue(s string) (string, error) {
	control := strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
	if control || strings.Contains(s, "${") || strings.HasPrefix(s, "expr=") {
		return "", fmt.Errorf("%q is %w", s, errValue)
	}
	return quote(strings.NewReplacer("%", "%%", `\`, `\\`).Replace(s)), nil
}

// regexpByte returns an expression that matches exactly the literal byte c,
// under every RegexDefaultOptions.
func regexpByte(c byte) string {
	switch {
	case '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', strings.IndexByte("/:-_", c) >= 0:
		return string(c)
	case '!' <= c && c <= '~':
		return `\` + string(c)
	default:
		return fmt.Sprintf(`\x%02x`, c)
	}
}
