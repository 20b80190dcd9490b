package browser_test

import (
	"testing"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/browser/reason"
)

// TestUnusableAllowOrigin checks which values that are not the origin Chrome calls
// invalid, and how it shows them.
func TestUnusableAllowOrigin(t *testing.T) {
	const other, invalid = reason.AllowOriginMismatch, reason.AllowOriginInvalid
	tests := []struct {
		input string
		want  reason.Reason
		shown string
	}{
		{`https://app.example.com\`, other, `https://app.example.com\`},
		{"https://app.example.com\x01", other, `https://app.example.com\u0001`},
		{"https://a\tb.example", other, `https://a\u0009b.example`},
		{"https://a\x01b.example", invalid, `https://a\u0001b.example`},
		{"https://%61.example", other, "https://%61.example"},
		{"https://a%20b.example", other, "https://a%20b.example"},
		{"https://a%3ab.example", invalid, "https://a%3ab.example"},
		{"https://b\xc3\xbccher.example", other, `https://b\u00C3\u00BCcher.example`},
		{"https://b\xfccher.example", invalid, `https://b\u00FCcher.example`},
		{"https://a{b}`.example", other, "https://a{b}`.example"},
		{"https://a<b>.example", invalid, "https://a<b>.example"},
		{"https://user@a.example:8443/x?y#z", other, "https://user@a.example:8443/x?y#z"},
		{"https://a.example:x", invalid, "https://a.example:x"},
		{"https://[::1]:8443", other, "https://[::1]:8443"},
		{"https://[::1", invalid, "https://[::1"},
		{"https://", invalid, "https://"},
		{"ws:a", other, "ws:a"},
		{"1:2", invalid, "1:2"},
	}
	for _, tt := range tests {
		o := fetch(t, browser.Request{}, browser.Recorded(nil, response(200, acao+tt.input)))
		if o.Reason != tt.want {
			t.Errorf("%q: %s, want %s", tt.input, o.Reason, tt.want)
		}
		if c, ok := browser.ParseConsole(o.Console()); !ok || c.Reason != tt.want || c.Subject != tt.shown {
			t.Errorf("%q: %+v", tt.input, c)
		}
	}
}

// TestPathsAreNormalized checks that /./ and /../ do not go over the wire.
func TestPathsAreNormalized(t *testing.T) {
	for input, want := range map[string]string{
		"/a/../b": "/b", "/a/./b/": "/a/b/", "/../..": "/", "/a//b": "/a//b", "/a/..": "/", "/%2F/../b?c=/../d": "/b?c=/../d",
	} {
		o := fetch(t, browser.Request{URL: "https://api.example.com" + input}, browser.Plain)
		if got := o.Exchanges[0].Request.URL; got != "https://api.example.com"+want {
			t.Errorf("%s: %s", input, got)
		}
	}
}

// TestSameOriginModeBehindRedirect checks that Chrome's other words for it are
// recognised, and not made up.
func TestSameOriginModeBehindRedirect(t *testing.T) {
	o := fetch(t, browser.Request{URL: page + "/x", Mode: browser.SameOriginOnly}, browser.Recorded(nil, response(302, "Location: https://a.example/")))
	if o.Reason != reason.SameOriginMode || o.Console() != "" {
		t.Errorf("%s: %q", o.Reason, o.Console())
	}
	c, ok := browser.ParseConsole("Unsafe attempt to load URL https://a.example/ from frame with URL https://app.example.com/page. Domains, protocols and ports must match.")
	if !ok || c.Reason != reason.SameOriginMode || c.Subject != "https://a.example/" {
		t.Errorf("%v %+v", ok, c)
	}
}
