package browser

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/ir"
)

// The limits of safelisted request headers, in bytes.
const (
	maxSafeValue  = 128  // https://fetch.spec.whatwg.org/#cors-safelisted-request-header
	maxSafeValues = 1024 // https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
)

// IsSafelistedHeader reports whether a request header needs no preflight
// (https://fetch.spec.whatwg.org/#cors-safelisted-request-header).
func IsSafelistedHeader(h Header) bool {
	if len(h.Value) > maxSafeValue {
		return false
	}
	switch asciiLower(h.Name) {
	case "accept":
		return !hasUnsafeByte(h.Value)
	case "accept-language", "content-language":
		return !strings.ContainsFunc(h.Value, isOddInLanguage)
	case "content-type":
		return !hasUnsafeByte(h.Value) && isSafelistedType(h.Value)
	case "range":
		return isSafelistedRange(h.Value)
	default:
		return false
	}
}

// hasUnsafeByte reports whether a value holds what servers may stumble over
// (https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte).
func hasUnsafeByte(value string) bool {
	return strings.ContainsFunc(value, func(r rune) bool {
		return r < 0x20 && r != '\t' || r == 0x7f || strings.ContainsRune(`"():<>?@[\]{}`, r)
	})
}

func isOddInLanguage(r rune) bool {
	return !('0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' || strings.ContainsRune(" *,-.;=", r))
}

// isSafelistedType reports whether a value is the media type of a form
// (https://mimesniff.spec.whatwg.org/#parse-a-mime-type).
func isSafelistedType(value string) bool {
	essence, _, _ := strings.Cut(strings.Trim(value, httpSpace), ";")
	switch asciiLower(strings.TrimRight(essence, httpSpace)) {
	case "application/x-www-form-urlencoded", "multipart/form-data", "text/plain":
		return true
	default:
		return false
	}
}

// httpSpace is HTTP whitespace (https://fetch.spec.whatwg.org/#http-whitespace),
// httpTabOrSpace what may stand around the members of a list.
const (
	httpSpace      = "\r\n\t "
	httpTabOrSpace = "\t "
)

// isSafelistedRange reports whether a value is one range of bytes with a start
// (https://fetch.spec.whatwg.org/#simple-range-header-value).
func isSafelistedRange(value string) bool {
	spec, ok := strings.CutPrefix(value, "bytes=")
	start, end, dash := strings.Cut(spec, "-")
	if !ok || !dash || !isDigits(start) || end != "" && !isDigits(end) {
		return false
	}
	return end == "" || !greater(start, end)
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// greater compares numbers of any length by their digits.
func greater(a, b string) bool {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return a > b
}

// UnsafeHeaderNames returns the names of the headers that need a preflight, as
// they stand in Access-Control-Request-Headers: in lower case, sorted, each once
// (https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names).
func UnsafeHeaderNames(headers []Header) []string {
	var unsafe, safe []string
	size := 0
	for _, h := range headers {
		if name := asciiLower(h.Name); IsSafelistedHeader(h) {
			safe = append(safe, name)
			size += len(h.Value)
		} else {
			unsafe = append(unsafe, name)
		}
	}
	if size > maxSafeValues {
		unsafe = append(unsafe, safe...)
	}
	slices.Sort(unsafe)
	return slices.Compact(unsafe)
}

var forbiddenHeaders = map[string]bool{
	"accept-charset": true, "accept-encoding": true, "access-control-request-headers": true,
	"access-control-request-method": true, "connection": true, "content-length": true, "cookie": true,
	"cookie2": true, "date": true, "dnt": true, "expect": true, "host": true, "keep-alive": true,
	"origin": true, "referer": true, "set-cookie": true, "te": true, "trailer": true,
	"transfer-encoding": true, "upgrade": true, "via": true,
}

// IsForbiddenHeader reports whether a browser drops a request header that a
// script sets, without a word (https://fetch.spec.whatwg.org/#forbidden-request-header).
func IsForbiddenHeader(h Header) bool {
	name := asciiLower(h.Name)
	switch {
	case forbiddenHeaders[name], strings.HasPrefix(name, "proxy-"), strings.HasPrefix(name, "sec-"):
		return true
	case name == "x-http-method" || name == "x-http-method-override" || name == "x-method-override":
		return slices.ContainsFunc(split(h.Value), IsForbiddenMethod)
	default:
		return false
	}
}

// isNonWildcard reports whether "*" does not stand for a header name
// (https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name).
func isNonWildcard(name string) bool { return asciiLower(name) == "authorization" }

// get returns the values of all lines of a header, joined, and whether there is
// one (https://fetch.spec.whatwg.org/#concept-header-list-get).
func get(headers []Header, name string) (string, bool) {
	var values []string
	name = asciiLower(name)
	for _, h := range headers {
		if asciiLower(h.Name) == name {
			values = append(values, strings.Trim(h.Value, httpTabOrSpace))
		}
	}
	return strings.Join(values, ", "), values != nil
}

// split returns the members of a list, in which quoted strings may hold commas
// (https://fetch.spec.whatwg.org/#header-value-get-decode-and-split).
func split(value string) []string {
	var members []string
	start, quoted := 0, false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			members = append(members, strings.Trim(value[start:i], httpTabOrSpace))
			start = i + 1
		}
	}
	return append(members, strings.Trim(value[start:], httpTabOrSpace))
}

// list is the value of a header that lists tokens.
type list struct {
	present   bool
	malformed bool
	members   []string
}

// extract returns the members of a header, all lines together
// (https://fetch.spec.whatwg.org/#extract-header-list-values). Empty members
// count as absent, as RFC 9110 demands of recipients
// (https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1.2).
func extract(headers []Header, name string) list {
	value, present := get(headers, name)
	l := list{present: present}
	for _, m := range split(value) {
		switch {
		case m == "":
		case ir.IsToken(m):
			l.members = append(l.members, m)
		default:
			return list{present: true, malformed: true}
		}
	}
	return l
}

func (l *list) has(member string) bool { return slices.Contains(l.members, member) }

// lowered returns the members in lower case as a set, for many look-ups.
func (l *list) lowered() map[string]bool {
	set := make(map[string]bool, len(l.members))
	for _, m := range l.members {
		set[asciiLower(m)] = true
	}
	return set
}

// escape returns a value with everything but printable ASCII as Chrome's console
// shows it.
func escape(value string) string {
	var b strings.Builder
	for i := range len(value) {
		if c := value[i]; c < ' ' || c >= 0x7f {
			fmt.Fprintf(&b, `\u%04X`, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
