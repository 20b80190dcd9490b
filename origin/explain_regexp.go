package origin

import "regexp"

// regexpSigns are what tells a regular expression from a mistyped origin.
var regexpSigns = regexp.MustCompile(`^\^|\$$|\\[.\-/dw:]|\(\?|\)[?*+$]|\[(\^|[a-z0-9]-[a-z0-9]|\\)|\.\+|://\.\*|\w\?://|\(s\)://|\([^()]*\|`)

func isRegexp(s string) bool { return regexpSigns.MatchString(s) }

// regexpParts turns the usual regular expressions for origins into patterns, part
// by part, in this order.
var regexpParts = []struct {
	from *regexp.Regexp
	to   string
}{
	{regexp.MustCompile(`^/?\^|(\\?/)?\$(/[a-z]*)?$`), ""},
	{regexp.MustCompile(`^http(s\?|\(s\)\??):`), "https:"},
	{regexp.MustCompile(`\\([./:\-])`), "$1"},
	{regexp.MustCompile(`\(\??:?:(\\d|\[0-9\])(\+|\*|\{[0-9,]*\})\)\??$`), ":*"},
	{regexp.MustCompile(`:(\\d|\[0-9\])(\+|\*|\{[0-9,]*\})$`), ":*"},
	{regexp.MustCompile(`(\\d|\[0-9\])(\+|\*|\{[0-9,]*\})`), "{digits}"},
	{regexp.MustCompile(`(\\w|\[[^\]]*\])(\+|\*|\{[0-9,]*\})`), "*"},
	{regexp.MustCompile(`://\.[*+]\??`), "://*"},
	{regexp.MustCompile(`\.[*+]\??`), "*"},
}

func explainRegexp(s string) *Error {
	err := malformed("A regular expression would be compared as plain text and match nothing. Use the wildcards * for one or more of a-z, 0-9, _ and - in a label, {digits} for a number, a leading **. for whole labels, and :* for any port.", "%q is a regular expression, not an origin", s)
	if len(s) > MaxLength {
		return err
	}
	for _, part := range regexpParts {
		s = part.from.ReplaceAllString(s, part.to)
	}
	if _, rest := parse(s); rest == nil {
		err.Suggestion = s
	}
	return err
}
