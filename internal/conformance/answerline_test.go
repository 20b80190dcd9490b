package conformance_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
)

// answerLine is a line of an answer. Two with the same meaning do the same.
type answerLine struct{ text, meaning string }

// answerLines returns the lines of an answer that make a difference to a browser
// (https://fetch.spec.whatwg.org/#http-cors-protocol) or to a cache.
func answerLines(r golden.Request, a conformance.Answer) []answerLine {
	m := meanings{
		request:     r,
		preflight:   r.Method == "OPTIONS" && requestField(r, "Access-Control-Request-Method") != "",
		permitted:   permits(a.CORS, requestField(r, "Origin")),
		credentials: slices.Contains(a.CORS, "Access-Control-Allow-Credentials: true"),
	}
	all := []answerLine{{fmt.Sprint(a.Status), m.status(a.Status)}}
	for _, line := range a.CORS {
		if meaning := m.line(line); m.permitted && meaning != "" {
			all = append(all, answerLine{line, meaning})
		}
	}
	for _, member := range a.Vary {
		if !m.preflight { // no cache keeps the answer to OPTIONS
			all = append(all, answerLine{"Vary: " + http.CanonicalHeaderKey(member), "Vary: " + member})
		}
	}
	return all
}

// permits reports whether Access-Control-Allow-Origin has a meaning: it permits the
// origin, or is there twice, which a browser complains of.
func permits(cors []string, origin string) bool {
	var values []string
	for _, line := range cors {
		if value, ok := strings.CutPrefix(line, "Access-Control-Allow-Origin: "); ok {
			values = append(values, value)
		}
	}
	return len(values) > 1 || slices.Contains(values, "*") || origin != "" && slices.Contains(values, origin)
}

// meanings says what the lines of an answer mean to the browser that sent the request.
type meanings struct {
	request                           golden.Request
	preflight, permitted, credentials bool
}

// status returns what a status means. That of a preflight is ok or not, and does not
// matter where the headers refuse it, unless the server has failed.
func (m meanings) status(status int) string {
	switch {
	case m.preflight && m.permitted && status/100 == 2:
		return "ok"
	case m.preflight && !m.permitted && status < 500:
		return "refused"
	default:
		return fmt.Sprint(status)
	}
}

// line returns what an Access-Control-* line means, or "".
func (m meanings) line(line string) string {
	name, value, _ := strings.Cut(line, ": ")
	switch name {
	case "Access-Control-Allow-Methods":
		return m.allows(value, requestField(m.request, "Access-Control-Request-Method"))
	case "Access-Control-Allow-Headers":
		asked := strings.ToLower(requestField(m.request, "Access-Control-Request-Headers"))
		return m.allows(strings.ToLower(value), listMembers(asked)...)
	case "Access-Control-Max-Age":
		if !m.preflight {
			return ""
		}
	case "Access-Control-Expose-Headers":
		if m.preflight {
			return ""
		}
		exposed := slices.DeleteFunc(listMembers(strings.ToLower(value)), func(name string) bool { return slices.Contains(shownAnyway, name) })
		return "exposes " + strings.Join(exposed, ", ")
	}
	return line
}

// shownAnyway are the headers of a response that every script sees
// (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name).
var shownAnyway = []string{"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}

// allows returns which of the names that a preflight asks for a list allows. The
// methods that need no list are left out.
func (m meanings) allows(list string, asked ...string) string {
	allowed := listMembers(list)
	asked = slices.DeleteFunc(asked, func(name string) bool {
		any := slices.Contains(allowed, "*") && !m.credentials && name != "authorization"
		return slices.Contains([]string{"", "GET", "HEAD", "POST"}, name) || !any && !slices.Contains(allowed, name)
	})
	if !m.preflight || len(asked) == 0 {
		return ""
	}
	return "allows " + strings.Join(asked, ", ")
}

// listMembers returns the members of a list, sorted.
func listMembers(list string) []string {
	members := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
	slices.Sort(members)
	return members
}

func requestField(r golden.Request, name string) string {
	for _, f := range r.Fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}
