package browser_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/browser/reason"
)

const page = "https://app.example.com"

// response makes a response of a status and lines "Name: value".
func response(status int, lines ...string) *browser.Response {
	r := &browser.Response{Status: status}
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		r.Headers = append(r.Headers, browser.Header{Name: name, Value: value})
	}
	return r
}

func fetch(t *testing.T, r browser.Request, s browser.Server) *browser.Outcome {
	t.Helper()
	if r.Origin == "" {
		r.Origin = page
	}
	if r.URL == "" {
		r.URL = "https://api.example.com/things"
	}
	o, err := browser.Fetch(r, s, nil, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// judgement is what a test looks at of an outcome.
type judgement struct {
	Reason  reason.Reason
	Subject string
}

const (
	acao = "Access-Control-Allow-Origin: "
	acac = "Access-Control-Allow-Credentials: "
	acam = "Access-Control-Allow-Methods: "
	acah = "Access-Control-Allow-Headers: "
	aceh = "Access-Control-Expose-Headers: "
)

// TestCORSCheck is the check of the response to a request without preflight.
func TestCORSCheck(t *testing.T) {
	tests := []struct {
		lines       []string
		credentials browser.Credentials
		want        judgement
	}{
		{nil, "", judgement{reason.AllowOriginMissing, ""}},
		{[]string{acao + "*"}, "", judgement{reason.CORS, ""}},
		{[]string{acao + " \t" + page + " "}, "", judgement{reason.CORS, ""}},
		{[]string{"access-control-ALLOW-origin: *"}, "", judgement{reason.CORS, ""}},
		{[]string{acao + "*"}, browser.Include, judgement{reason.AllowOriginWildcard, ""}},
		{[]string{acao + "*", acac + "true"}, browser.Include, judgement{reason.AllowOriginWildcard, ""}},
		{[]string{acao + page}, browser.Include, judgement{reason.CredentialsNotAllowed, ""}},
		{[]string{acao + page, acac + "True"}, browser.Include, judgement{reason.CredentialsNotAllowed, "True"}},
		{[]string{acao + page, acac + "true", acac + "true"}, browser.Include, judgement{reason.CredentialsNotAllowed, "true, true"}},
		{[]string{acao + page, acac + "true"}, browser.Include, judgement{reason.CORS, ""}},
		{[]string{acao + page, acao + page}, "", judgement{reason.AllowOriginMultiple, page + ", " + page}},
		{[]string{acao + "*, *"}, "", judgement{reason.AllowOriginMultiple, "*, *"}},
		{[]string{acao + "a b"}, "", judgement{reason.AllowOriginMultiple, "a b"}},
		{[]string{acao + ""}, "", judgement{reason.AllowOriginInvalid, ""}},
		{[]string{acao + "app.example.com"}, "", judgement{reason.AllowOriginInvalid, "app.example.com"}},
		{[]string{acao + "https://"}, "", judgement{reason.AllowOriginInvalid, "https://"}},
		{[]string{acao + "https://a.example:99999"}, "", judgement{reason.AllowOriginInvalid, "https://a.example:99999"}},
		{[]string{acao + "https:a.example"}, "", judgement{reason.AllowOriginMismatch, "https:a.example"}},
		{[]string{acao + "localhost:3000"}, "", judgement{reason.AllowOriginMismatch, "localhost:3000"}},
		{[]string{acao + "null"}, "", judgement{reason.AllowOriginMismatch, "null"}},
		{[]string{acao + page + "/"}, "", judgement{reason.AllowOriginMismatch, page + "/"}},
		{[]string{acao + "https://APP.example.com"}, "", judgement{reason.AllowOriginMismatch, "https://APP.example.com"}},
		{[]string{acao + "https://*.example.com"}, "", judgement{reason.AllowOriginMismatch, "https://*.example.com"}},
	}
	for _, tt := range tests {
		o := fetch(t, browser.Request{Credentials: tt.credentials}, browser.Recorded(nil, response(500, tt.lines...)))
		if d := cmp.Diff(tt.want, judgement{o.Reason, o.Subject}); d != "" {
			t.Errorf("%q %s: %s", tt.lines, tt.credentials, d)
		}
	}
}

// TestNullOrigin checks pages without an origin of their own.
func TestNullOrigin(t *testing.T) {
	o := fetch(t, browser.Request{Origin: "null"}, browser.Recorded(nil, response(200, acao+"null")))
	if o.Reason != reason.CORS {
		t.Error(o.Reason)
	}
	o = fetch(t, browser.Request{Origin: "null", URL: page}, browser.Recorded(nil, response(200)))
	if o.Reason != reason.AllowOriginMissing {
		t.Error(o.Reason)
	}
}

// TestPreflightCheck is the check of the answer to the preflight of a PUT with a
// header.
func TestPreflightCheck(t *testing.T) {
	ok := []string{acao + page, acam + "PUT", acah + "x-a"}
	tests := []struct {
		name   string
		status int
		lines  []string
		want   judgement
	}{
		{"good", 204, ok, judgement{reason.CORS, ""}},
		{"299", 299, ok, judgement{reason.CORS, ""}},
		{"300", 300, ok, judgement{reason.PreflightStatus, "300"}},
		{"199", 199, ok, judgement{reason.PreflightStatus, "199"}},
		{"redirect", 301, append(ok, "Location: /"), judgement{reason.PreflightRedirect, "301"}},
		{"redirect without a place", 301, ok, judgement{reason.PreflightStatus, "301"}},
		{"the origin comes before the status", 404, nil, judgement{reason.AllowOriginMissing, ""}},
		{"the status comes before the lists", 404, []string{acao + page}, judgement{reason.PreflightStatus, "404"}},
		{"no methods", 204, []string{acao + page, acah + "x-a"}, judgement{reason.MethodNotAllowed, "PUT"}},
		{"lower case", 204, []string{acao + page, acam + "put", acah + "x-a"}, judgement{reason.MethodNotAllowed, "PUT"}},
		{"wildcards", 204, []string{acao + "*", acam + "*", acah + "*"}, judgement{reason.CORS, ""}},
		{"wildcard among others", 204, []string{acao + "*", acam + "GET, *", acah + "b,*"}, judgement{reason.CORS, ""}},
		{"no headers", 204, []string{acao + page, acam + "PUT"}, judgement{reason.HeaderNotAllowed, "x-a"}},
		{"headers in any case", 204, []string{acao + page, acam + "PUT", acah + "X-A"}, judgement{reason.CORS, ""}},
		{"lists on several lines", 204, []string{acao + page, acam + "GET", acam + "PUT", acah + "x-b", acah + "x-a"}, judgement{reason.CORS, ""}},
		{"empty members", 204, []string{acao + page, acam + ",PUT,, ", acah + " ,x-a"}, judgement{reason.CORS, ""}},
		{"blanks between methods", 204, []string{acao + page, acam + "GET PUT", acah + "x-a"}, judgement{reason.AllowMethodsMalformed, "GET PUT"}},
		{"quoted headers", 204, []string{acao + page, acam + "PUT", acah + `"x-a"`}, judgement{reason.AllowHeadersMalformed, `"x-a"`}},
		{"semicolons", 204, []string{acao + page, acam + "PUT", acah + "x-a; x-b"}, judgement{reason.AllowHeadersMalformed, "x-a; x-b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := browser.Request{Method: "put", Headers: []browser.Header{{Name: "X-A", Value: "1"}}}
			o := fetch(t, r, browser.Recorded(response(tt.status, tt.lines...), response(200, acao+"*")))
			if d := cmp.Diff(tt.want, judgement{o.Reason, o.Subject}); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestPreflightWithCredentials checks that wildcards are taken literally with
// credentials, and that Authorization is never covered by one.
func TestPreflightWithCredentials(t *testing.T) {
	tests := []struct {
		name        string
		header      string
		credentials browser.Credentials
		lines       []string
		want        judgement
	}{
		{"methods", "", browser.Include, []string{acam + "*"}, judgement{reason.MethodNotAllowed, "PUT"}},
		{"headers", "X-A", browser.Include, []string{acam + "PUT", acah + "*"}, judgement{reason.HeaderNotAllowed, "x-a"}},
		{"authorization under a wildcard", "Authorization", browser.Omit, []string{acam + "*", acah + "*"}, judgement{reason.AuthorizationNotCovered, "authorization"}},
		{"authorization beside a wildcard", "Authorization", browser.Omit, []string{acam + "*", acah + "*, AUTHORIZATION"}, judgement{reason.CORS, ""}},
		{"authorization without a list", "Authorization", browser.Omit, []string{acam + "*"}, judgement{reason.HeaderNotAllowed, "authorization"}},
	}
	for _, tt := range tests {
		r := browser.Request{Method: "PUT", Credentials: tt.credentials}
		if tt.header != "" {
			r.Headers = []browser.Header{{Name: tt.header, Value: "1"}}
		}
		lines := append([]string{acao + page, acac + "true"}, tt.lines...)
		o := fetch(t, r, browser.Recorded(response(204, lines...), response(200, acao+page, acac+"true")))
		if d := cmp.Diff(tt.want, judgement{o.Reason, o.Subject}); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
}

// TestWire checks what is sent, byte for byte.
func TestWire(t *testing.T) {
	r := browser.Request{
		Method: "patch", URL: "https://API.example.com:443?q=1#f",
		Headers: []browser.Header{{Name: "X-B", Value: " 2 "}, {Name: "Cookie", Value: "a"}, {Name: "x-a", Value: "1"}, {Name: "Accept", Value: "a"}},
	}
	o := fetch(t, r, browser.Recorded(response(204, acao+"*", acam+"*", acah+"*"), response(200, acao+"*")))
	want := []browser.Message{
		{Method: "OPTIONS", URL: "https://api.example.com/?q=1", Headers: []browser.Header{
			{Name: "Accept", Value: "*/*"},
			{Name: "Access-Control-Request-Method", Value: "patch"},
			{Name: "Access-Control-Request-Headers", Value: "x-a,x-b"},
			{Name: "Origin", Value: page},
		}},
		{Method: "patch", URL: "https://api.example.com/?q=1", Headers: []browser.Header{
			{Name: "X-B", Value: "2"}, {Name: "x-a", Value: "1"}, {Name: "Accept", Value: "a"}, {Name: "Origin", Value: page},
		}},
	}
	var got []browser.Message
	for _, e := range o.Exchanges {
		got = append(got, e.Request)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"Cookie"}, o.Dropped); d != "" {
		t.Error(d)
	}
	if got := o.PreflightCauses(); got != "the method patch and the headers x-a, x-b" {
		t.Error(got)
	}
}

// TestModes checks same-origin requests, the modes, and when cookies and Origin
// are sent.
func TestModes(t *testing.T) {
	const own, other = page + "/x", "https://api.example.com/"
	tests := []struct {
		url, method string
		mode        browser.Mode
		credentials browser.Credentials
		want        reason.Reason
		origin      string
		cookies     bool
	}{
		{own, "PUT", "", "", reason.SameOrigin, page, true},
		{own, "GET", "", browser.Omit, reason.SameOrigin, "", false},
		{"http://app.example.com/", "GET", "", "", reason.CORS, page, false},
		{"https://app.example.com:8443/", "GET", "", browser.Include, reason.CORS, page, true},
		{other, "GET", browser.SameOriginOnly, "", reason.SameOriginMode, "", false},
		{other, "GET", browser.NoCORS, "", reason.Opaque, "", false},
		{other, "POST", browser.NoCORS, browser.Include, reason.Opaque, page, true},
		{"http://api.example.com/", "POST", browser.NoCORS, "", reason.Opaque, "null", false},
		{other, "PUT", browser.NoCORS, "", reason.NoCORSMethod, "", false},
		{other, "TRACE", "", "", reason.ForbiddenMethod, "", false},
		{"https://me:secret@api.example.com/", "GET", "", "", reason.URLCredentials, "", false},
	}
	for _, tt := range tests {
		o := fetch(t, browser.Request{URL: tt.url, Method: tt.method, Mode: tt.mode, Credentials: tt.credentials},
			browser.Recorded(nil, response(200, acao+page, acac+"true")))
		var origin string
		var cookies bool
		for _, e := range o.Exchanges {
			cookies = e.Credentials
			for _, h := range e.Request.Headers {
				origin = h.Value
			}
		}
		if o.Reason != tt.want || origin != tt.origin || cookies != tt.cookies {
			t.Errorf("%s %s %s: %s, Origin %q, cookies %v", tt.method, tt.url, tt.mode, o.Reason, origin, cookies)
		}
	}
}

// TestNoCORSHeaders checks that a mode no-cors lets through harmless headers only.
func TestNoCORSHeaders(t *testing.T) {
	o := fetch(t, browser.Request{Mode: browser.NoCORS, Headers: []browser.Header{
		{Name: "Accept", Value: "a"},
		{Name: "X-A", Value: "1"},
		{Name: "Range", Value: "bytes=0-"},
		{Name: "Content-Type", Value: "text/plain"},
		{Name: "Content-Type", Value: "application/json"},
	}}, browser.Plain)
	if d := cmp.Diff([]string{"X-A", "Range", "Content-Type"}, o.Dropped); d != "" {
		t.Error(d)
	}
}

func TestReadable(t *testing.T) {
	all := []string{"X-A: 1", "X-B: 2", "ETag: 3", "Content-Type: a/b", "Set-Cookie: a=b", "Expires: 0"}
	tests := []struct {
		name        string
		credentials browser.Credentials
		expose      []string
		want        []string
		exposed     []string
	}{
		{"safelisted", "", nil, []string{"content-type", "expires"}, nil},
		{"exposed", "", []string{aceh + "x-a, Set-Cookie", aceh + "X-Z"}, []string{"content-type", "expires", "x-a"}, []string{"x-a", "x-z"}},
		{"wildcard", "", []string{aceh + "*"}, []string{"access-control-allow-credentials", "access-control-allow-origin", "access-control-expose-headers", "content-type", "etag", "expires", "x-a", "x-b"}, []string{"*"}},
		{"wildcard with credentials", browser.Include, []string{aceh + "*"}, []string{"content-type", "expires"}, nil},
		{"malformed", "", []string{aceh + "x-a x-b"}, []string{"content-type", "expires"}, nil},
	}
	for _, tt := range tests {
		lines := append(append([]string{acao + page, acac + "true"}, tt.expose...), all...)
		o := fetch(t, browser.Request{Credentials: tt.credentials}, browser.Recorded(nil, response(200, lines...)))
		if d := cmp.Diff(tt.want, o.Readable); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
		if d := cmp.Diff(tt.exposed, o.Exposed()); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
}

// TestMalformed checks requests that no script can make.
func TestMalformed(t *testing.T) {
	good := browser.Request{Origin: page, URL: "https://api.example.com/"}
	tests := map[string]func(*browser.Request){
		"method":      func(r *browser.Request) { r.Method = "G T" },
		"mode":        func(r *browser.Request) { r.Mode = "navigate" },
		"credentials": func(r *browser.Request) { r.Credentials = "all" },
		"origin":      func(r *browser.Request) { r.Origin = page + "/" },
		"pattern":     func(r *browser.Request) { r.Origin = "https://*.example.com" },
		"any":         func(r *browser.Request) { r.Origin = "*" },
		"no origin":   func(r *browser.Request) { r.Origin = "" },
		"scheme":      func(r *browser.Request) { r.URL = "ftp://api.example.com/" },
		"relative":    func(r *browser.Request) { r.URL = "/things" },
		"no host":     func(r *browser.Request) { r.URL = "https:///" },
		"port":        func(r *browser.Request) { r.URL = "https://a.example:70000/" },
		"unicode":     func(r *browser.Request) { r.URL = "https://bücher.example/" },
		"control":     func(r *browser.Request) { r.URL = "https://a.example/\x00" },
		"header":      func(r *browser.Request) { r.Headers = []browser.Header{{Name: "a b"}} },
		"value":       func(r *browser.Request) { r.Headers = []browser.Header{{Name: "a", Value: "b\nc"}} },
	}
	for name, change := range tests {
		r := good
		change(&r)
		if o, err := browser.Fetch(r, browser.Plain, nil, time.Time{}); err == nil {
			t.Errorf("%s: %+v", name, o)
		}
	}
}
