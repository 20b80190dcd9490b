package explain_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/browser/reason"
	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/explain"
	"github.com/corsgen/corsgen/policy"
)

const program = `environments = ["production"]

policy "app" {
  allow_origins     = ["https://app.example.com", "https://*.preview.example.com"]
  allow_methods     = ["PUT", "PATCH"]
  allow_headers     = ["Content-Type"]
  expose_headers    = ["X-Request-Id"]
  allow_credentials = true
}

policy "open" {
  allow_origins = ["*"]
  allow_headers = ["*"]
}

policy "local" {
  allow_origins = ["http://localhost:3000"]
}

policy "plain" {
  allow_origins = ["https://app.example.com"]
}

site "api" {
  route "/v1/" {
    policy = policy.app
  }
}
`

// answerers returns the policies and the site of a program by name.
func answerers(t *testing.T, program string) (map[string]*explain.Answerer, map[string][]byte) {
	t.Helper()
	source, sources, diags, err := policy.LoadReader(strings.NewReader(program), "cors.hcl", policy.Options{})
	if err != nil || diags.HasErrors() {
		t.Fatal(diags, err)
	}
	p, diags := compile.Program(source)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	all := map[string]*explain.Answerer{"api": {Site: &p.Sites[0], Path: "/v2/things"}}
	for i := range p.Policies {
		v, _ := p.Policies[i].Variant("")
		all[p.Policies[i].Name] = &explain.Answerer{Policy: &p.Policies[i], Variant: v, Evaluator: eval.New(v)}
	}
	return all, sources
}

func header(lines ...string) []browser.Header {
	var headers []browser.Header
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		headers = append(headers, browser.Header{Name: name, Value: value})
	}
	return headers
}

const page = "https://app.example.com"

// mistake is a typical mistake, and what the first three lines must name.
type mistake struct {
	name   string
	reason reason.Reason
	cause  string
	fix    string
}

// check demands that verdict, cause and fix are the first three lines, and that
// they fit a terminal.
func (m *mistake) check(t *testing.T, e *explain.Explanation, sources map[string][]byte) {
	t.Helper()
	var b bytes.Buffer
	if err := e.Text(&b, sources, false); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitN(b.String(), "\n", 4)
	want := []string{"blocked: " + string(m.reason), "cause: ", "fix:   "}
	for i, text := range []string{"", m.cause, m.fix} {
		if !strings.HasPrefix(lines[i], want[i]) || !strings.Contains(lines[i], text) {
			t.Errorf("line %d is %q, want %q", i+1, lines[i], want[i]+text)
		}
	}
	for line := range strings.Lines(b.String()) {
		if utf8.RuneCountInString(line) > 81 {
			t.Errorf("wider than 80 columns: %q", line)
		}
	}
}

// TestMistakesInPolicies explains what a policy does not let pass.
func TestMistakesInPolicies(t *testing.T) {
	tests := []struct {
		mistake
		policy string
		input  browser.Request
	}{
		{mistake{"a page that is not listed", reason.OriginNotAllowed, `does not allow the origin https://shop.example.org`, `Add "https://shop.example.org" to allow_origins`}, "app", browser.Request{Origin: "https://shop.example.org"}},
		{mistake{"http in place of https", reason.OriginNotAllowed, "http://app.example.com", "Open the page at https://app.example.com"}, "app", browser.Request{Origin: "http://app.example.com"}},
		{mistake{"a port of development", reason.OriginNotAllowed, "https://app.example.com:3000", "Open the page at https://app.example.com"}, "app", browser.Request{Origin: "https://app.example.com:3000"}},
		{mistake{"the address in place of the name", reason.OriginNotAllowed, "http://127.0.0.1:3000", "Open the page at http://localhost:3000"}, "local", browser.Request{Origin: "http://127.0.0.1:3000"}},
		{mistake{"the other address of the machine", reason.OriginNotAllowed, "http://[::1]:3000", "Open the page at http://localhost:3000"}, "local", browser.Request{Origin: "http://[::1]:3000"}},
		{mistake{"www in front", reason.OriginNotAllowed, "https://www.app.example.com", "Open the page at https://app.example.com"}, "app", browser.Request{Origin: "https://www.app.example.com"}},
		{mistake{"a file on the disk", reason.OriginNotAllowed, "null", "Serve the page over https"}, "app", browser.Request{Origin: "null"}},
		{mistake{"a method that is not listed", reason.MethodNotAllowed, "does not allow the method DELETE", `Add "DELETE" to allow_methods`}, "app", browser.Request{Origin: page, Method: "DELETE"}},
		{mistake{"patch in lower case", reason.MethodNotAllowed, "case-sensitive", `Write method: "PATCH"`}, "app", browser.Request{Origin: page, Method: "patch"}},
		{mistake{"JSON without Content-Type", reason.HeaderNotAllowed, "the request header Content-Type", `Add "Content-Type" to allow_headers`}, "plain", browser.Request{Origin: page, Method: "POST", Headers: header("Content-Type: application/json")}},
		{mistake{"Authorization under a wildcard", reason.AuthorizationNotCovered, "does not cover Authorization", `["*", "Authorization"]`}, "open", browser.Request{Origin: page, Headers: header("Authorization: Bearer x")}},
		{mistake{"cookies for everybody", reason.AllowOriginWildcard, "never covers credentials", "list the origins"}, "open", browser.Request{Origin: page, Credentials: browser.Include}},
		{mistake{"cookies that are not allowed", reason.CredentialsNotAllowed, "does not allow credentials", "Set allow_credentials = true"}, "plain", browser.Request{Origin: page, Credentials: browser.Include}},
		{mistake{"a path without a route", reason.NoPolicy, "No route of site \"api\" matches /v2/things", `route "/v2/"`}, "api", browser.Request{Origin: page}},
		{mistake{"PUT in mode no-cors", reason.NoCORSMethod, "not PUT", "Leave out mode"}, "app", browser.Request{Origin: page, Method: "PUT", Mode: browser.NoCORS}},
	}
	all, sources := answerers(t, program)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o, err := all[tt.policy].Fetch(tt.input)
			if err != nil {
				t.Fatal(err)
			}
			tt.check(t, all[tt.policy].Explain(o), sources)
		})
	}
}

// TestMistakesOfServers explains what goes wrong in real traffic.
func TestMistakesOfServers(t *testing.T) {
	answer := func(status int, lines ...string) *browser.Response {
		return &browser.Response{Status: status, Headers: header(lines...)}
	}
	const any, own = "Access-Control-Allow-Origin: *", "Access-Control-Allow-Origin: " + page
	put := browser.Request{Method: "PUT"}
	cookies := browser.Request{Credentials: browser.Include}
	putCookies := browser.Request{Method: "PUT", Credentials: browser.Include}
	tests := []struct {
		mistake
		input     browser.Request
		preflight *browser.Response
		response  *browser.Response
	}{
		{mistake{"no header at all", reason.AllowOriginMissing, "no Access-Control-Allow-Origin", own}, browser.Request{}, nil, answer(200)},
		{mistake{"an error without the header", reason.AllowOriginMissing, "status 500", "every status"}, browser.Request{}, nil, answer(500)},
		{mistake{"a preflight that must log in", reason.AllowOriginMissing, "gets 401", "before authentication"}, put, answer(401), nil},
		{mistake{"a preflight without a route", reason.AllowOriginMissing, "gets 404", "before any route"}, put, answer(404), nil},
		{mistake{"OPTIONS is not implemented", reason.PreflightStatus, "gets 405", "before any route"}, put, answer(405, any), nil},
		{mistake{"a handler that fails on OPTIONS", reason.PreflightStatus, "gets 502", "before the handler"}, put, answer(502, any), nil},
		{mistake{"a preflight to http", reason.PreflightRedirect, "redirected (301) to https://api.example.com/", "Call that URL"}, put, answer(301, "Location: https://api.example.com/"), nil},
		{mistake{"the header twice", reason.AllowOriginMultiple, "more than one origin", "Two layers set it"}, browser.Request{}, nil, answer(200, any, own)},
		{mistake{"a list of origins", reason.AllowOriginMultiple, "more than one origin", "the request's own origin"}, browser.Request{}, nil, answer(200, "Access-Control-Allow-Origin: https://a.example, https://b.example")},
		{mistake{"a slash at the end", reason.AllowOriginMismatch, "not https://app.example.com", "without the slash"}, browser.Request{}, nil, answer(200, own+"/")},
		{mistake{"another page's origin", reason.AllowOriginMismatch, "https://b.example, not", "Vary: Origin"}, browser.Request{}, nil, answer(200, "Access-Control-Allow-Origin: https://b.example")},
		{mistake{"a pattern", reason.AllowOriginMismatch, "https://*.example.com", "no patterns"}, browser.Request{}, nil, answer(200, "Access-Control-Allow-Origin: https://*.example.com")},
		{mistake{"no scheme", reason.AllowOriginInvalid, "not an origin", own}, browser.Request{}, nil, answer(200, "Access-Control-Allow-Origin: app.example.com")},
		{mistake{"cookies and a wildcard", reason.AllowOriginWildcard, "never covers credentials", "Leave out credentials"}, cookies, nil, answer(200, any)},
		{mistake{"True", reason.CredentialsNotAllowed, `"True"`, "Access-Control-Allow-Credentials: true"}, cookies, nil, answer(200, own, "Access-Control-Allow-Credentials: True")},
		{mistake{"a method that is not listed", reason.MethodNotAllowed, "PUT is not in Access-Control-Allow-Methods", "Access-Control-Allow-Methods: PUT"}, put, answer(204, any), nil},
		{mistake{"a wildcard and cookies", reason.MethodNotAllowed, "no wildcard", "Name the methods"}, putCookies, answer(204, own, "Access-Control-Allow-Credentials: true", "Access-Control-Allow-Methods: *"), nil},
		{mistake{"methods without commas", reason.AllowMethodsMalformed, `"GET PUT"`, "with commas"}, put, answer(204, any, "Access-Control-Allow-Methods: GET PUT"), nil},
		{mistake{"no answer", reason.NoAnswer, "no answer", "certificate"}, browser.Request{}, nil, nil},
		{mistake{"a redirect elsewhere", reason.NoAnswer, "redirect", "Origin: null"}, browser.Request{}, nil, answer(302, own, "Location: https://b.example/")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.input.Origin, tt.input.URL = page, "https://api.example.com/things"
			o, err := browser.Fetch(tt.input, browser.Recorded(tt.preflight, tt.response), nil, time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			tt.check(t, explain.Outcome(o), nil)
			if c, ok := browser.ParseConsole(o.Console()); ok && c.Reason != reason.HeaderNotAllowed {
				short := tt.mistake
				short.cause, short.fix = "", ""
				short.check(t, explain.Complaint(c, o.Console()), nil)
			}
		})
	}
}

// TestHostileTraffic checks that a terminal is never told what to do by a server.
func TestHostileTraffic(t *testing.T) {
	r := browser.Request{Origin: page, URL: "https://api.example.com/"}
	evil := "\x1b[31m\x07\u202e" + strings.Repeat("x", 100_000)
	o, err := browser.Fetch(r, browser.Recorded(nil, &browser.Response{Status: 200, Headers: header("Access-Control-Allow-Origin: "+evil, "X: "+evil)}), nil, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := explain.Outcome(o).Text(&b, nil, false); err != nil || strings.ContainsAny(b.String(), "\x1b\x07\u202e") {
		t.Errorf("%v %.200q", err, b.String())
	}
}

// TestPageAtTheServer checks that no page is of the origin of the policies.
func TestPageAtTheServer(t *testing.T) {
	all, _ := answerers(t, program)
	o, err := all["app"].Fetch(browser.Request{Origin: "https://api.example"})
	if err != nil || o.Reason != reason.OriginNotAllowed {
		t.Error(o, err)
	}
}

// TestColor checks that colour is there when it is asked for.
func TestColor(t *testing.T) {
	all, sources := answerers(t, program)
	o, err := all["app"].Fetch(browser.Request{Origin: page})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := all["app"].Explain(o).Text(&b, sources, true); err != nil || !strings.HasPrefix(b.String(), "\x1b[1;32mallowed: cors\x1b[0m\n") {
		t.Errorf("%v %q", err, b.String())
	}
}

// TestWindowsLines checks that the end of a line is not shown as part of it.
func TestWindowsLines(t *testing.T) {
	all, sources := answerers(t, strings.ReplaceAll(program, "\n", "\r\n"))
	o, err := all["plain"].Fetch(browser.Request{Origin: "https://shop.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := all["plain"].Explain(o).Text(&b, sources, false); err != nil || !strings.Contains(b.String(), "\n  allow_origins = [\"https://app.example.com\"]\n") {
		t.Errorf("%v %q", err, b.String())
	}
}
