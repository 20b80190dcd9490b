package origin

import (
	"fmt"
	"strings"
)

// Error says why a text is not a pattern.
type Error struct {
	Code    string // the rule, such as "C103"
	Summary string // one line, without a full stop
	Detail  string // whole sentences: what a browser would do
	// Suggestion is the pattern to write instead, with everything put right that
	// is wrong with the text. It always parses. It is "" where there is no such
	// pattern, or where only the author can know it.
	Suggestion string
	// Replacement is what the text can only mean, as patterns: the suggestion, or
	// the parts of a text that holds several origins. It is nil where the
	// suggestion is a guess.
	Replacement []string
}

// Error returns the summary, the detail and the suggestion as sentences.
func (e *Error) Error() string {
	s := e.Summary + ". " + e.Detail
	if e.Suggestion != "" {
		s += fmt.Sprintf(" Write %q.", e.Suggestion)
	}
	return s
}

// The rules that Parse checks.
const (
	codeNotOrigin      = "C101"
	codeNoScheme       = "C102"
	codeDefaultPort    = "C103"
	codeUpperCase      = "C104"
	codeUnicodeHost    = "C105"
	codeIPForm         = "C106"
	codeNullScheme     = "C108"
	codeWebSocket      = "C109"
	codeSeveral        = "C110"
	codeUnrelatedSites = "C112"
	codeBareWildcard   = "C115"
	codeMalformed      = "C124"
)

// malformed returns an error of the rule for everything that has no rule of its
// own. The detail is not a format.
func malformed(detail, summary string, args ...any) *Error {
	return fault(codeMalformed, detail, summary, args...)
}

func fault(code, detail, summary string, args ...any) *Error {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = clip(s)
		}
	}
	return &Error{Code: code, Summary: fmt.Sprintf(summary, args...), Detail: detail}
}

// clip shortens what a message quotes.
func clip(s string) string {
	const limit = 100
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}
