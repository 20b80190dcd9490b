package golang

import (
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"
)

// quote prints s as a string literal. This, quoteLines and the comments of
// package emit are the only ways by which text of a policy reaches the output.
func quote(s string) *jen.Statement { return jen.Op(strconv.QuoteToASCII(s)) }

// quoteLines prints lines, each with a line feed before and after it, as a raw
// literal: one literal however long, and a reviewer sees one line change for one
// entry. Text that a raw literal cannot hold is quoted.
func quoteLines(lines []string) *jen.Statement {
	text := joinLines(lines)
	for _, c := range []byte(text) {
		if c != '\n' && (c < ' ' || c > '~' || c == '`') {
			return quote(text)
		}
	}
	return jen.Op("`" + text + "`")
}

func joinLines(lines []string) string {
	return "\n" + strings.Join(lines, "\n") + "\n"
}

// quoteBytes prints a table of bytes.
func quoteBytes(table []byte) *jen.Statement {
	const digits = "0123456789abcdef"
	text := make([]byte, 0, 4*len(table)+2)
	text = append(text, '"')
	for _, c := range table {
		text = append(text, '\\', 'x', digits[c>>4], digits[c&15])
	}
	return jen.Op(string(append(text, '"')))
}
