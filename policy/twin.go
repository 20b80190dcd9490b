package policy

import (
	"fmt"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// twins are the characters that are not ASCII and that cty, which brings every
// text into Unicode's normal form C, turns into ASCII: the Kelvin sign into K,
// the Greek question mark into a semicolon, the Greek varia into a backquote.
// With them a policy would say something else than what its author sees.
var twins = regexp.MustCompile("[\u212a\u037e\u1fef]|" + `\\[uU](?:0000)?(?i:212a|037e|1fef)`)

// twin reports the first such character of a source, also where it is escaped.
func (l *loader) twin(name string, src []byte) bool {
	if !slices.ContainsFunc(src, func(c byte) bool { return c == '\\' || c >= utf8.RuneSelf }) {
		return false // as most are, at a tenth of the cost
	}
	found := twins.FindIndex(src)
	if found == nil {
		return false
	}
	at := hcl.Range{Filename: name, Start: position(src, found[0]), End: position(src, found[1])}
	l.fail(codeValue, at, fmt.Sprintf("The character %+q looks like one of ASCII", src[found[0]:found[1]]),
		"Unicode takes it for a form of K, of a semicolon or of a backquote, and so would the policy. Write the character of ASCII.")
	return true
}
