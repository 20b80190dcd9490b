package browser_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/browser/reason"
)

// TestParseOtherConsoles checks messages of Firefox and Safari, as they are copied.
func TestParseOtherConsoles(t *testing.T) {
	const blocked = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example.com/x. (Reason: "
	firefox := func(c browser.Complaint) browser.Complaint {
		c.Browser, c.URL = browser.Firefox, "https://api.example.com/x"
		return c
	}
	safari := func(c browser.Complaint) browser.Complaint {
		c.Browser = browser.Safari
		return c
	}
	tests := []struct {
		input string
		want  browser.Complaint
	}{
		{blocked + "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 403.", firefox(browser.Complaint{Reason: reason.AllowOriginMissing, Status: 403})},
		{blocked + "CORS header 'Access-Control-Allow-Origin'\n  missing).", firefox(browser.Complaint{Reason: reason.AllowOriginMissing})},
		{blocked + "Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed).", firefox(browser.Complaint{Reason: reason.AllowOriginMultiple})},
		{blocked + "CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://b.example’).", firefox(browser.Complaint{Reason: reason.AllowOriginMismatch, Subject: "https://b.example"})},
		{
			"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ‘https://api.example.com/x’. (Reason: Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’).",
			firefox(browser.Complaint{Reason: reason.AllowOriginWildcard}),
		},
		{blocked + "expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’).", firefox(browser.Complaint{Reason: reason.CredentialsNotAllowed})},
		{blocked + "Did not find method in CORS header ‘Access-Control-Allow-Methods’).", firefox(browser.Complaint{Reason: reason.MethodNotAllowed, AtPreflight: true})},
		{blocked + "header ‘x-a’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response).", firefox(browser.Complaint{Reason: reason.HeaderNotAllowed, Subject: "x-a", AtPreflight: true})},
		{blocked + "missing token ‘x-a’ in CORS header ‘Access-Control-Allow-Headers’ from CORS preflight channel).", firefox(browser.Complaint{Reason: reason.HeaderNotAllowed, Subject: "x-a", AtPreflight: true})},
		{blocked + "invalid token ‘a b’ in CORS header ‘Access-Control-Allow-Headers’).", firefox(browser.Complaint{Reason: reason.AllowHeadersMalformed, Subject: "a b", AtPreflight: true})},
		{blocked + "invalid token ‘a b’ in CORS header ‘Access-Control-Allow-Methods’).", firefox(browser.Complaint{Reason: reason.AllowMethodsMalformed, Subject: "a b", AtPreflight: true})},
		{blocked + "CORS preflight response did not succeed). Status code: 405.", firefox(browser.Complaint{Reason: reason.PreflightStatus, AtPreflight: true, Status: 405})},
		{blocked + "CORS request did not succeed). Status code: (null).", firefox(browser.Complaint{Reason: reason.NoAnswer})},
		{blocked + "CORS request external redirect not allowed).", firefox(browser.Complaint{Reason: reason.PreflightRedirect})},
		{blocked + "CORS request not http).", firefox(browser.Complaint{Reason: reason.UnsupportedScheme})},
		{
			"[Error] Origin https://app.example.com is not allowed by Access-Control-Allow-Origin. Status code: 200\n[Error] Fetch API cannot load https://api.example.com/x due to access control checks.",
			safari(browser.Complaint{Reason: reason.AllowOriginMissing, Origin: "https://app.example.com", URL: "https://api.example.com/x", Status: 200}),
		},
		{"XMLHttpRequest cannot load https://api.example.com/x due to access control checks.\nAccess-Control-Allow-Origin cannot contain more than one origin.", safari(browser.Complaint{Reason: reason.AllowOriginMultiple, URL: "https://api.example.com/x"})},
		{"Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.", safari(browser.Complaint{Reason: reason.AllowOriginWildcard})},
		{`Credentials flag is true, but Access-Control-Allow-Credentials is not "true".`, safari(browser.Complaint{Reason: reason.CredentialsNotAllowed})},
		{"Preflight response is not successful. Status code: 404", safari(browser.Complaint{Reason: reason.PreflightStatus, AtPreflight: true, Status: 404})},
		{"Method PUT is not allowed by Access-Control-Allow-Methods.", safari(browser.Complaint{Reason: reason.MethodNotAllowed, Subject: "PUT", AtPreflight: true})},
		{"Request header field X-A is not allowed by Access-Control-Allow-Headers.", safari(browser.Complaint{Reason: reason.HeaderNotAllowed, Subject: "X-A", AtPreflight: true})},
	}
	for _, tt := range tests {
		got, ok := browser.ParseConsole(tt.input)
		if d := cmp.Diff(tt.want, got); d != "" || !ok {
			t.Errorf("%s: %v %s", tt.input, ok, d)
		}
	}
}
