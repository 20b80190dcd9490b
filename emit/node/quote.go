package node

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// Quote prints s as a string literal. This and the comments of package emit are the
// only ways by which text of a policy reaches the output. All but printable ASCII
// is written as a number, which leaves no line separator of any kind; and so is
// "<", which leaves no "</script" to a page that inlines the module.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, unit := range utf16.Encode([]rune(s)) {
		if unit >= ' ' && unit <= '~' && unit != '"' && unit != '\\' && unit != '<' {
			b.WriteByte(byte(unit))
		} else {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String() + `"`
}
