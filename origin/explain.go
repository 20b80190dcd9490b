package origin

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// explain returns what is wrong with s, which does not parse. Where all of it
// can be put right, that is the suggestion and the error is the most fundamental
// of those found; otherwise the error is the one that only the author can put
// right.
func explain(s string) *Error {
	_, err := parse(s)
	switch {
	case s == "" || s == Any || len(s) > 2*MaxLength:
		return err
	case strings.TrimSpace(s) == "":
		return explain("")
	case isRegexp(s):
		return explainRegexp(s)
	}
	if fields := splitOrigins(s); fields != nil {
		return several(fields, blankInName(s))
	}
	var r repair
	fixed := r.origin(s)
	_, rest := parse(fixed)
	if rest != nil && rest.Code == codeBareWildcard {
		r.note(rest)
		fixed = spliceDot(fixed)
		_, rest = parse(fixed)
	}
	switch {
	case rest != nil:
		return rest
	case r.found == nil: // nothing that a repair has a name for
		return err
	}
	r.found.Suggestion = fixed
	if !r.guess {
		r.found.Replacement = []string{fixed}
	}
	return r.found
}

// suggest returns s if it parses, what explain suggests for it otherwise, and
// whether s can only mean that.
func suggest(s string) (text string, certain bool) {
	err := explain(s)
	if err == nil {
		return s, true
	}
	return err.Suggestion, err.Replacement != nil
}

// repair puts an origin right, one part after the other, and keeps the most
// fundamental thing that was wrong.
type repair struct {
	found *Error
	guess bool // the author may have meant something else
}

// precedence is that of the rules, the most fundamental first.
var precedence = []string{
	codeUnrelatedSites, codeBareWildcard, codeNullScheme, codeWebSocket, codeNoScheme, codeMalformed,
	codeIPForm, codeUnicodeHost, codeNotOrigin, codeUpperCase, codeDefaultPort,
}

// certain are the rules whose repair can only mean one thing.
var certain = []string{
	codeNotOrigin, codeNoScheme, codeDefaultPort, codeUpperCase, codeUnicodeHost, codeIPForm, codeWebSocket,
}

func (r *repair) note(e *Error) {
	r.guess = r.guess || !slices.Contains(certain, e.Code)
	if r.found == nil || slices.Index(precedence, e.Code) < slices.Index(precedence, r.found.Code) {
		r.found = e
	}
}

func (r *repair) origin(s string) string {
	s = r.trim(s)
	if strings.EqualFold(s, Null) {
		if s != Null {
			r.note(upperCase(s))
		}
		return Null
	}
	scheme, rest := r.scheme(s)
	host, port, found := cutPort(r.authority(scheme, rest))
	if found && !strings.HasPrefix(host, "[") {
		host, port, found = r.brackets(host + ":" + port)
	}
	if isHTTP(scheme) {
		host = r.host(host)
	}
	if found {
		host += r.port(scheme, port)
	}
	return scheme + "://" + host
}

// brackets puts an IPv6 address that stands without brackets into them. Where
// the last part can be a port and the rest an address, it is taken for a port.
func (r *repair) brackets(s string) (host, port string, found bool) {
	last := strings.LastIndexByte(s, ':')
	if inBrackets, ok := canonicalIPv6("[" + s[:last] + "]"); ok && checkPort("http", s[last+1:]) == nil {
		r.note(withoutBrackets(s))
		_, address := canonicalIPv6("[" + s + "]")
		r.guess = r.guess || address
		return inBrackets, s[last+1:], true
	}
	if inBrackets, ok := canonicalIPv6("[" + s + "]"); ok {
		r.note(withoutBrackets(s))
		return inBrackets, "", false
	}
	host, port, _ = strings.Cut(s, ":")
	return host, port, true
}

func withoutBrackets(address string) *Error {
	return fault(codeIPForm, "Browsers send an IPv6 address in brackets, and a port behind them, and refuse a URL without.", "The IP address %q has no brackets", address)
}

func (r *repair) trim(s string) string {
	t := strings.TrimFunc(s, func(c rune) bool {
		return unicode.IsSpace(c) || c == '\ufeff' || c == '\u200b' || strings.ContainsRune("\"'`", c)
	})
	if t != s {
		r.note(malformed("Origins are compared byte by byte, so this would match nothing.", "There are blanks or quotes around the origin"))
	}
	return t
}

// authority cuts rest, what follows "://", down to host and port.
func (r *repair) authority(scheme, rest string) string {
	text := rest
	if isHTTP(scheme) {
		if inner := strings.TrimLeft(rest, "/"); inner != rest {
			r.note(malformed("Two slashes follow the scheme.", "There are too many slashes after %q", scheme+":"))
			rest = inner
		}
	}
	if outer, inner, ok := strings.Cut(rest, "://"); ok && isHTTP(strings.ToLower(outer)) {
		r.note(malformed("An origin has one scheme.", "%q follows a second scheme", inner))
		rest = inner
	}
	if i := strings.IndexAny(rest, "/?#\\"); i >= 0 {
		r.note(notOrigin(tailName(rest[i:]), text))
		rest = rest[:i]
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		r.note(notOrigin("user name or password", text))
		rest = rest[i+1:]
	}
	return rest
}

func tailName(tail string) string {
	switch {
	case tail == "/":
		return "slash at the end"
	case tail[0] == '?':
		return "query"
	case tail[0] == '#':
		return "fragment"
	}
	return "path"
}

func notOrigin(what, text string) *Error {
	return fault(codeNotOrigin, "Browsers send the scheme, the host and the port and nothing else, so this would match nothing.", "An origin has no %s, and %q has one", what, text)
}

func (r *repair) port(scheme, port string) string {
	text := port
	if port != "" && isDigits(port) {
		port = strings.TrimLeft(port[:len(port)-1], "0") + port[len(port)-1:]
	}
	if isHTTP(scheme) && (strings.Contains(port, "*") || strings.EqualFold(port, "{digits}") || strings.EqualFold(port, "any")) {
		port = "*"
	}
	if port != text || port == "" {
		r.note(checkPort(scheme, text))
	}
	switch port {
	case "":
		return ""
	case defaultPort(scheme):
		r.note(checkPort(scheme, port))
		return ""
	}
	return ":" + port
}

// splitOrigins returns the parts of s if it seems to hold several origins, nil
// otherwise.
func splitOrigins(s string) []string {
	fields := strings.FieldsFunc(s, func(c rune) bool {
		return unicode.IsSpace(c) || isSeparator(c)
	})
	for _, f := range fields {
		if !strings.ContainsAny(f, ".:") && f != Any && f != Null && f != "localhost" {
			return nil
		}
	}
	if len(fields) < 2 {
		return nil
	}
	return fields
}

// blankInName reports whether a blank in s, rather than parting two origins, may
// be a slip in the middle of a name: what follows has no scheme.
func blankInName(s string) bool {
	for part := range strings.FieldsFuncSeq(s, isSeparator) {
		words := strings.Fields(part)
		for _, w := range words[min(1, len(words)):] {
			if w != Any && w != Null && !strings.Contains(w, "://") {
				return true
			}
		}
	}
	return false
}

func isSeparator(c rune) bool { return strings.ContainsRune(",;|\"'", c) }

func several(fields []string, guess bool) *Error {
	const shown, most = 4, 32
	var quoted, parts []string
	guess = guess || len(fields) > most
	for _, f := range fields[:min(most, len(fields))] {
		s, certain := suggest(f)
		guess = guess || !certain
		if s == "" {
			s = f
		}
		quoted, parts = append(quoted, fmt.Sprintf("%q", clip(s))), append(parts, s)
	}
	end := "."
	if len(fields) > shown {
		quoted, end = quoted[:shown], " and so on."
	}
	detail := "Browsers send one origin, never a list, so this would match nothing. Write one string for each: " + strings.Join(quoted, ", ") + end
	err := fault(codeSeveral, detail, "One string holds %d origins", len(fields))
	if !guess {
		err.Replacement = parts
	}
	return err
}

// unescape decodes percent-encoding as browsers do in a host.
func unescape(host string) string {
	if s, err := url.PathUnescape(host); err == nil {
		return s
	}
	return host
}
