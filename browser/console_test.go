package browser_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/browser/reason"
)

// TestConsole checks the words of Chrome's console, and that they are recognised.
func TestConsole(t *testing.T) {
	const head = "Access to fetch at 'https://api.example.com/things' from origin 'https://app.example.com' has been blocked by CORS policy: "
	put := browser.Request{Method: "PUT"}
	tests := []struct {
		request   browser.Request
		preflight *browser.Response
		response  *browser.Response
		want      string
	}{
		{browser.Request{}, nil, response(200), head + "No 'Access-Control-Allow-Origin' header is present on the requested resource."},
		{put, response(204), nil, head + "Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource."},
		{put, response(404, acao+"*"), nil, head + "Response to preflight request doesn't pass access control check: It does not have HTTP ok status."},
		{put, response(302, "Location: /"), nil, head + "Response to preflight request doesn't pass access control check: Redirect is not allowed for a preflight request."},
		{put, response(204, acao+"*"), nil, head + "Method PUT is not allowed by Access-Control-Allow-Methods in preflight response."},
		{put, response(204, acao+"*", acam+"a b"), nil, head + "Cannot parse Access-Control-Allow-Methods response header field in preflight response."},
		{browser.Request{}, nil, response(200, acao+"x"), head + "The 'Access-Control-Allow-Origin' header contains the invalid value 'x'. Have the server send the header with a valid value."},
		{browser.Request{}, nil, response(200, acao+"null"), head + "The 'Access-Control-Allow-Origin' header has a value 'null' that is not equal to the supplied origin. Have the server send the header with a valid value."},
		{browser.Request{}, nil, response(200, acao+"*", acao+"*"), head + "The 'Access-Control-Allow-Origin' header contains multiple values '*, *', but only one is allowed. Have the server send the header with a valid value."},
		{browser.Request{Credentials: browser.Include}, nil, response(200, acao+"*"), head + "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'."},
		{browser.Request{Credentials: browser.Include}, nil, response(200, acao+page), head + "The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must be 'true' when the request's credentials mode is 'include'."},
		{browser.Request{Method: "trace"}, nil, nil, "TypeError: Failed to execute 'fetch' on 'Window': 'trace' HTTP method is unsupported."},
		{browser.Request{Method: "put", Mode: browser.NoCORS}, nil, nil, "TypeError: Failed to execute 'fetch' on 'Window': 'PUT' is unsupported in no-cors mode."},
		{browser.Request{Mode: browser.SameOriginOnly}, nil, nil, `Fetch API cannot load https://api.example.com/things. Request mode is "same-origin" but the URL's origin is not same as the request origin https://app.example.com.`},
		{browser.Request{}, nil, response(200, acao+"*"), ""},
		{browser.Request{}, nil, nil, ""},
	}
	for _, tt := range tests {
		o := fetch(t, tt.request, browser.Recorded(tt.preflight, tt.response))
		if d := cmp.Diff(tt.want, o.Console()); d != "" {
			t.Errorf("%s: %s", o.Reason, d)
		}
		if tt.want == "" {
			continue
		}
		c, ok := browser.ParseConsole(tt.want)
		if !ok || c.Reason != o.Reason || c.Subject != saidSubject(o) {
			t.Errorf("%s: %v %+v", tt.want, ok, c)
		}
	}
}

// saidSubject leaves out what the console does not say.
func saidSubject(o *browser.Outcome) string {
	switch o.Reason {
	case reason.PreflightStatus, reason.PreflightRedirect, reason.AllowMethodsMalformed, reason.SameOriginMode:
		return ""
	default:
		return o.Subject
	}
}

// TestConsoleAfterRedirect checks that the message names both URLs.
func TestConsoleAfterRedirect(t *testing.T) {
	const own, a = page + "/x", "https://a.example/"
	o := fetch(t, browser.Request{URL: own}, func(m browser.Message) (browser.Response, bool) {
		return *response(302, "Location: "+a), true
	})
	want := "Access to fetch at '" + a + "' (redirected from '" + own + "') from origin '" + page + "' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
	if d := cmp.Diff(want, o.Console()); d != "" {
		t.Error(d)
	}
}

func TestParseConsole(t *testing.T) {
	tests := []struct {
		input string
		want  browser.Complaint
	}{
		{
			"main.js:7 Access to XMLHttpRequest at 'https://b.example/y' (redirected from 'http://b.example/y') from origin 'null' has been\n  blocked by CORS policy: The 'Access-Control-Allow-Origin' header contains multiple values '*, *', but only one is allowed. GET https://b.example/y net::ERR_FAILED",
			browser.Complaint{Reason: reason.AllowOriginMultiple, Subject: "*, *", Kind: "XMLHttpRequest", URL: "https://b.example/y", From: "http://b.example/y", Origin: "null"},
		},
		{
			"Access to script at 'file:///a.js' from origin 'null' has been blocked by CORS policy: Cross origin requests are only supported for protocol schemes: chrome, data, http, https.",
			browser.Complaint{Reason: reason.UnsupportedScheme, Subject: "chrome, data, http, https", Kind: "script", URL: "file:///a.js", Origin: "null"},
		},
		{
			"Access to fetch at 'http://127.0.0.1/' from origin 'https://a.example' has been blocked by CORS policy: Permission was denied for this request to access the `loopback` address space.",
			browser.Complaint{Reason: reason.LocalNetwork, Subject: "loopback", Kind: "fetch", URL: "http://127.0.0.1/", Origin: "https://a.example"},
		},
		{
			"No 'Access-Control-Allow-Origin' header is present on the requested resource. If an opaque response serves your needs, set the request's mode to 'no-cors'",
			browser.Complaint{Reason: reason.AllowOriginMissing},
		},
		{
			"Access blocked by CORS policy: Request header field x-a is not allowed by Access-Control-Allow-Headers in preflight response.",
			browser.Complaint{Reason: reason.HeaderNotAllowed, Subject: "x-a", AtPreflight: true},
		},
	}
	for _, tt := range tests {
		tt.want.Browser = browser.Chrome
		got, ok := browser.ParseConsole(tt.input)
		if d := cmp.Diff(tt.want, got); d != "" || !ok {
			t.Errorf("%s: %v %s", tt.input, ok, d)
		}
	}
	for _, other := range []string{"", "TypeError: Failed to fetch", "Access to fetch at 'a' from origin 'b' has been blocked by CORS policy: because", strings.Repeat("Access to ", 1e5)} {
		if c, ok := browser.ParseConsole(other); ok {
			t.Errorf("%.80s: %+v", other, c)
		}
	}
}

// TestVocabulary checks that every reason has a meaning and a word of its own.
func TestVocabulary(t *testing.T) {
	seen := map[reason.Reason]bool{}
	for _, e := range reason.All() {
		if seen[e.Reason] || !strings.HasSuffix(e.Meaning, ".") {
			t.Errorf("%+v", e)
		}
		seen[e.Reason] = true
	}
}

// FuzzFetch checks that no request and no answer makes a browser panic or say
// something outside the vocabulary, and that what is allowed passed the check.
func FuzzFetch(f *testing.F) {
	f.Add("PUT", "X-A", "1", "https://a.example/", "*", "PUT", "*", "X-A", "/b", 204, 302, true)
	f.Add("get", "Range", "bytes=0-", page, page, "a b", `"`, "*", "//x:y@z", 200, 200, false)
	f.Fuzz(func(t *testing.T, method, name, value, url, allow, methods, headers, expose, location string, first, second int, include bool) {
		r := browser.Request{Origin: page, URL: url, Method: method, Headers: []browser.Header{{Name: name, Value: value}}}
		if include {
			r.Credentials = browser.Include
		}
		answer := response(second, acao+allow, acac+"true", aceh+expose, "Location: "+location)
		var cache browser.Cache
		o, err := browser.Fetch(r, browser.Recorded(response(first, acao+allow, acac+"true", acam+methods, acah+headers), answer), &cache, time.Now())
		if err != nil {
			return
		}
		if _, ok := reason.Lookup(o.Reason); !ok {
			t.Errorf("the reason %q", o.Reason)
		}
		if o.Reason == reason.CORS && strings.Trim(allow, "\t ") != page && (include || strings.Trim(allow, "\t ") != "*") {
			t.Errorf("%q let pass", allow)
		}
		browser.ParseConsole(o.Console())
		browser.ParseConsole(value)
	})
}
