package conformance_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
		if r.Method != "OPTIONS" { // no cache keeps the answer to it
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
		return exposes(value)
	}
	return line
}

// exposes returns what a list shows to scripts that they do not see anyway.
func exposes(list string) string {
	exposed := slices.DeleteFunc(listMembers(strings.ToLower(list)), func(name string) bool { return slices.Contains(shownAnyway, name) })
	if len(exposed) == 0 {
		return ""
	}
	return "exposes " + strings.Join(exposed, ", ")
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

// TestAnswerLines guards what wrong.txt leaves out, and what it must not.
func TestAnswerLines(t *testing.T) {
	const origin = "Access-Control-Allow-Origin: https://a.example"
	get := golden.Request{Method: "GET", Fields: []golden.Field{{Name: "Origin", Value: "https://a.example"}}}
	ask := golden.Request{Method: "OPTIONS", Fields: append(slices.Clone(get.Fields),
		golden.Field{Name: "Access-Control-Request-Method", Value: "PUT"},
		golden.Field{Name: "Access-Control-Request-Headers", Value: "authorization,x-a"})}
	tests := []struct {
		name     string
		request  golden.Request
		promised conformance.Answer
		came     conformance.Answer
		want     []string
	}{
		{
			"a preflight is ok with any ok status, any Vary, and more in its lists", ask,
			conformance.Answer{Status: 204, CORS: []string{origin, "Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Headers: X-A, Authorization"}, Vary: []string{"origin"}},
			conformance.Answer{Status: 200, CORS: []string{origin, "Access-Control-Allow-Methods: GET,PUT", "Access-Control-Allow-Headers: authorization,x-b,x-a"}},
			nil,
		},
		{
			"a star in a list is not Authorization", ask,
			conformance.Answer{Status: 204, CORS: []string{origin, "Access-Control-Allow-Headers: Authorization, X-A"}},
			conformance.Answer{Status: 204, CORS: []string{origin, "Access-Control-Allow-Headers: *"}},
			[]string{"-Access-Control-Allow-Headers: Authorization, X-A", "+Access-Control-Allow-Headers: *"},
		},
		{
			"a star in a list is a name, with credentials", ask,
			conformance.Answer{Status: 204, CORS: []string{origin, "Access-Control-Allow-Credentials: true", "Access-Control-Allow-Methods: PUT"}},
			conformance.Answer{Status: 204, CORS: []string{origin, "Access-Control-Allow-Credentials: true", "Access-Control-Allow-Methods: *"}},
			[]string{"-Access-Control-Allow-Methods: PUT"},
		},
		{
			"a preflight is refused by any headers and status", ask,
			conformance.Answer{Status: 403},
			conformance.Answer{Status: 204, CORS: []string{"Access-Control-Allow-Origin: https://b.example", "Access-Control-Allow-Methods: PUT"}},
			nil,
		},
		{
			"a preflight that meets 401 is not ok", ask,
			conformance.Answer{Status: 204, CORS: []string{origin}},
			conformance.Answer{Status: 401, CORS: []string{origin}},
			[]string{"-204", "+401"},
		},
		{
			"a header that is there twice", get,
			conformance.Answer{Status: 200, CORS: []string{origin}},
			conformance.Answer{Status: 200, CORS: []string{origin, origin}},
			[]string{"+" + origin},
		},
		{
			"names that every script sees need not be exposed", get,
			conformance.Answer{Status: 200, CORS: []string{origin}},
			conformance.Answer{Status: 200, CORS: []string{origin, "Access-Control-Expose-Headers: Content-Type"}},
			nil,
		},
		{
			"no cache keeps the answer to OPTIONS",
			golden.Request{Method: "OPTIONS"},
			conformance.Answer{Status: 200, Vary: []string{"origin"}},
			conformance.Answer{Status: 200},
			nil,
		},
		{
			"a cache needs Vary", get,
			conformance.Answer{Status: 200, Vary: []string{"origin"}},
			conformance.Answer{Status: 200},
			[]string{"-Vary: Origin"},
		},
	}
	for _, test := range tests {
		promised, came := answerLines(test.request, test.promised), answerLines(test.request, test.came)
		var got []string
		for _, l := range without(promised, came) {
			got = append(got, "-"+l.text)
		}
		for _, l := range without(came, promised) {
			got = append(got, "+"+l.text)
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, d)
		}
	}
}
