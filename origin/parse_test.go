package origin

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// accepted are patterns of every form.
var accepted = []string{
	"null",
	"https://app.example.com",
	"http://localhost:3000",
	"http://localhost:*",
	"http://*.localhost:*",
	"https://*.internal",
	"https://*.home.arpa",
	"https://pr-{digits}.lan",
	"https://co.uk",
	"https://intranet",
	"https://app.corp",
	"https://*.app.corp",
	"http://[::1]:8080",
	"http://[::ffff:102:304]",
	"http://127.0.0.1:*",
	"https://[2001:db8::1]:*",
	"https://*.example.com",
	"https://**.example.com",
	"https://**.*.example.com",
	"https://pr-*.preview.example.com",
	"https://deploy-preview-{digits}.preview.example.com",
	"https://a*b.{digits}.x-{digits}-y.example.com:*",
	"https://*.*.example.com",
	"https://*.example.co.uk",
	"https://*.vercel.app",
	"https://app-*.vercel.app",
	"https://*.city.kawasaki.jp",
	"https://my_app--1.example.com",
	"https://-a-.example.com",
	"https://1e100.example.com",
	"https://0x1.example.com",
	"https://xn--bcher-kva.example",
	"https://xn--fa-hia.example",
	"https://example.com:80",
	"http://example.com:443",
	"https://example.com:65535",
	"chrome-extension://abcdefghijklmnopabcdefghijklmnop",
	"moz-extension://0b3f2c1a-1111-2222-3333-444455556666",
	"safari-web-extension://0B3F2C1A-1111-2222-3333-444455556666",
	"capacitor://localhost",
	"app://.",
	"capacitor-electron://-",
	"ionic://localhost:8100",
}

func TestParseAccepts(t *testing.T) {
	for _, s := range accepted {
		p, err := Parse(s)
		if err != nil {
			t.Errorf("Parse(%q): %v", s, err)
		} else if p.String() != s {
			t.Errorf("Parse(%q) prints as %q", s, p)
		}
	}
}

type refusal struct{ in, code, suggestion string }

var refused = []refusal{
	{"https://example.com/", "C101", "https://example.com"},
	{"https://example.com/app/", "C101", "https://example.com"},
	{"https://example.com?x=1", "C101", "https://example.com"},
	{"https://example.com#top", "C101", "https://example.com"},
	{"https://me:secret@example.com", "C101", "https://example.com"},
	{"capacitor://localhost/", "C101", "capacitor://localhost"},
	{"HTTPS://App.Example.com:443/", "C101", "https://app.example.com"},

	{"example.com", "C102", "https://example.com"},
	{"Example.com:443/x", "C102", "https://example.com"},
	{"example.com:80", "C102", "http://example.com"},
	{"example.com:8443", "C102", "https://example.com:8443"},
	{"*.example.com", "C102", "https://*.example.com"},
	{"//example.com", "C102", "https://example.com"},
	{"://example.com", "C102", "https://example.com"},
	{"localhost:3000", "C102", "http://localhost:3000"},
	{"localhost:*", "C102", "http://localhost:*"},
	{"app.localhost", "C102", "http://app.localhost"},
	{"127.0.0.1:8080", "C102", "http://127.0.0.1:8080"},
	{"[::1]:8080", "C102", "http://[::1]:8080"},
	{"app:3000", "C102", "https://app:3000"},

	{"https://example.com:443", "C103", "https://example.com"},
	{"http://example.com:80", "C103", "http://example.com"},
	{"http://[::1]:80", "C103", "http://[::1]"},

	{"https://App.example.com", "C104", "https://app.example.com"},
	{"HTTP://example.com:443", "C104", "http://example.com:443"},
	{"https://*.Example.com:*", "C104", "https://*.example.com:*"},
	{"https://XN--BCHER-KVA.example", "C104", "https://xn--bcher-kva.example"},
	{"Chrome-Extension://AbC", "C104", "chrome-extension://AbC"},
	{"NULL", "C104", "null"},

	{"https://bücher.example", "C105", "https://xn--bcher-kva.example"},
	{"https://*.BÜCHER.example/", "C105", "https://*.xn--bcher-kva.example"},
	{"https://faß.example", "C105", "https://xn--fa-hia.example"},
	{"https://例え.テスト", "C105", "https://xn--r8jz45g.xn--zckzah"},
	{"https://ｅｘａｍｐｌｅ．com", "C105", "https://example.com"},
	{"https://\u212aiosk.example.com", "C105", "https://kiosk.example.com"},
	{"https://bü*.example.com", "C105", ""},
	{"https://xn--zzzzzz.example", "C105", ""},
	{"https://xn--abc-.example", "C105", ""},

	{"http://127.1", "C106", "http://127.0.0.1"},
	{"http://0x7F.1:3000", "C106", "http://127.0.0.1:3000"},
	{"http://2130706433", "C106", "http://127.0.0.1"},
	{"http://010.0.0.1", "C106", "http://8.0.0.1"},
	{"http://127.0.0.01", "C106", "http://127.0.0.1"},
	{"http://0x", "C106", "http://0.0.0.0"},
	{"http://[0:0:0:0:0:0:0:1]", "C106", "http://[::1]"},
	{"https://[2001:DB8::1]", "C106", "https://[2001:db8::1]"},
	{"https://[2001:db8:0:0:1:0:0:0]", "C106", "https://[2001:db8:0:0:1::]"},
	{"https://[2001:db8::1:1:1:1:1]", "C106", "https://[2001:db8:0:1:1:1:1:1]"},
	{"http://[::ffff:1.2.3.4]", "C106", "http://[::ffff:102:304]"},
	{"http://[fe80::1%25eth0]:80", "C106", "http://[fe80::1]"},
	{"http://::1", "C106", "http://[::1]"},
	{"http://::1:3000", "C106", "http://[::1]:3000"},
	{"http://fe80::1:0:3000", "C106", "http://[fe80::1:0]:3000"},
	{"http://2001:db8:0:0:0:0:0:1", "C106", "http://[2001:db8::1]"},
	{"http://2001:db8:0:0:0:0:0:1:8080", "C106", "http://[2001:db8::1]:8080"},
	{"http://2001:db8::abcd", "C106", "http://[2001:db8::abcd]"},
	{" ", "C124", ""},

	{"file:///index.html", "C108", ""},
	{"file:", "C108", ""},
	{"data:text/html,x", "C108", ""},
	{"about:blank", "C108", ""},
	{"javascript:void(0)", "C108", ""},
	{"blob:https://app.example.com/0b3f", "C108", "https://app.example.com"},
	{"filesystem:http://localhost:80/t/x", "C108", "http://localhost"},

	{"wss://example.com", "C109", "https://example.com"},
	{"ws://localhost:80/socket", "C109", "http://localhost"},
	{"WSS://Example.com:443", "C109", "https://example.com"},

	{"https://a.example.com,https://b.example.com", "C110", ""},
	{"https://a.example.com https://b.example.com", "C110", ""},
	{"https://a.example.com\nhttps://b.example.com", "C110", ""},
	{"https://a.example.com|\thttps://b.example.com", "C110", ""},
	{"a.example.com, null", "C110", ""},
	{"*, https://a.example.com", "C110", ""},

	{"https://*", "C112", ""},
	{"https://**", "C112", ""},
	{"http://*:8080", "C112", ""},
	{"https://*.com", "C112", ""},
	{"https://**.com", "C112", ""},
	{"https://*.co.uk", "C112", ""},
	{"https://*.CO.UK/", "C112", ""},
	{"https://**.kawasaki.jp", "C112", ""},
	{"https://*.x.kawasaki.jp", "C112", ""},
	{"https://example.*", "C112", ""},
	{"https://example.{digits}", "C112", ""},
	{"https://www.*.com", "C112", ""},
	{"https://app-*.com", "C112", ""},
	{"https://*.corp", "C112", ""},
	{"https://*.app", "C112", ""},
	{"https://*localhost", "C112", ""},
	{"*://example.com", "C112", "https://example.com"},
	{"http*://example.com", "C112", "https://example.com"},

	{"https://*example.com", "C115", "https://*.example.com"},
	{"*example.com", "C115", "https://*.example.com"},
	{"https://{digits}example.com", "C115", "https://{digits}.example.com"},
	{"https://*example.co.uk:*", "C115", "https://*.example.co.uk:*"},
	{"https://*-example.com", "C115", ""},

	{"", "C124", ""},
	{"*", "C124", ""},
	{"https://", "C124", ""},
	{"https://:8080", "C124", ""},
	{" https://example.com\n", "C124", "https://example.com"},
	{`"https://example.com"`, "C124", "https://example.com"},
	{"http:example.com", "C124", "http://example.com"},
	{"https:/example.com", "C124", "https://example.com"},
	{"https//example.com", "C124", "https://example.com"},
	{"https:///example.com", "C124", "https://example.com"},
	{"https:\\\\example.com", "C124", "https://example.com"},
	{"https://http://example.com", "C124", "https://example.com"},
	{"chrome-extension:abc", "C124", "chrome-extension://abc"},
	{"https://example.com:", "C124", "https://example.com"},
	{"https://example.com:0", "C124", ""},
	{"https://example.com:65536", "C124", ""},
	{"https://example.com:08443", "C124", "https://example.com:8443"},
	{"https://example.com:http", "C124", ""},
	{"https://example.com:8*", "C124", "https://example.com:*"},
	{"https://a..example.com", "C124", ""},
	{"https://.example.com", "C124", "https://*.example.com"},
	{"https://example.com.", "C124", "https://example.com"},
	{"https://" + strings.Repeat("a", 64) + ".example.com", "C124", ""},
	{"https://" + strings.Repeat("a.", 124) + "example.com", "C124", ""},
	{"https://example.com/" + strings.Repeat("a", 500), "C101", "https://example.com"},
	{"https://" + strings.Repeat("a", 600), "C124", ""},
	{"https://" + strings.Repeat("a", 10000), "C124", ""},
	{"https://a*b*.example.com", "C124", ""},
	{"https://*{digits}.example.com", "C124", ""},
	{"https://a.**.example.com", "C124", ""},
	{"https://**example.com", "C124", "https://**.example.com"},
	{"https://pr-**.example.com", "C124", "https://pr-*.example.com"},
	{"https://{num}.example.com", "C124", "https://{digits}.example.com"},
	{"https://pr-{branch}.example.com", "C124", "https://pr-*.example.com"},
	{"https://pr-<digits>.example.com", "C124", "https://pr-{digits}.example.com"},
	{"https://pr-{digits.example.com", "C124", ""},
	{"http://192.168.1.*", "C124", ""},
	{"http://192.168.*.1", "C124", ""},
	{"http://192.168.1.{digits}:*", "C124", ""},
	{"http://**.0.0.1", "C124", ""},
	{"http://256.0.0.1", "C124", ""},
	{"http://1.2.3.4.5", "C124", ""},
	{"http://example.1", "C124", ""},
	{"http://08.0.0.1", "C124", ""},
	{"http://[::1", "C124", ""},
	{"http://[::*]", "C124", ""},
	{"http://[1.2.3.4]", "C124", ""},
	{"https://exam!ple.com", "C124", ""},
	{"https://ex%61mple.com", "C124", "https://example.com"},
	{"https://exa\x00mple.com", "C124", ""},
	{"https://exa\xffmple.com", "C105", ""},
	{"%\xb6!", "C124", ""},
	{"hello world", "C124", ""},
	{"chrome-extension://*", "C124", ""},
	{"chrome-extension://abc:*", "C124", ""},
	{"app://", "C124", ""},
	{"app://ü", "C124", ""},
	{"1a://x", "C124", ""},
	{"htt ps://example.com", "C124", ""},
	{`^https://.*\.example\.com$`, "C124", "https://*.example.com"},
	{`/^https?:\/\/pr-\d+\.example\.com$/i`, "C124", "https://pr-{digits}.example.com"},
	{`https://[a-z0-9-]+\.example\.com`, "C124", "https://*.example.com"},
	{`^https://app\.example\.com(:\d+)?$`, "C124", "https://app.example.com:*"},
	{`https://(a|b)\.example\.com`, "C124", ""},
	{`^https://app(-x)?\.example\.com$`, "C124", ""},
	{"https?://example.com", "C124", "https://example.com"},
}

func TestParseRefuses(t *testing.T) {
	for _, test := range refused {
		_, err := Parse(test.in)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("Parse(%q) succeeds", test.in)
			continue
		}
		if e.Code != test.code || e.Suggestion != test.suggestion {
			t.Errorf("Parse(%q): got %s with suggestion %q, want %s with %q\n%v", test.in, e.Code, e.Suggestion, test.code, test.suggestion, e)
		}
		if fault := unreadable(test.in, e); fault != "" {
			t.Errorf("Parse(%q): the error %s: %v", test.in, fault, e)
		}
	}
}

// TestReplacements checks what --fix may write: what a text can only mean, and
// nothing where the suggestion is a guess.
func TestReplacements(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{"https://example.com/", []string{"https://example.com"}},
		{"HTTPS://App.Example.com:443/x", []string{"https://app.example.com"}},
		{"example.com", []string{"https://example.com"}},
		{"localhost:3000", []string{"http://localhost:3000"}},
		{"https://bücher.example", []string{"https://xn--bcher-kva.example"}},
		{"http://[0:0::1]:80", []string{"http://[::1]"}},
		{"http://127.1", []string{"http://127.0.0.1"}},
		{"http://127.0.0.01", []string{"http://127.0.0.1"}},
		{"http://2001:db8::abcd", []string{"http://[2001:db8::abcd]"}},
		{"wss://Example.com", []string{"https://example.com"}},
		{"https://a.example.com, b.example.com/ null", []string{"https://a.example.com", "https://b.example.com", "null"}},

		{"https://app.exam ple.com", nil},                         // one name with a slip, or two
		{"http://010.0.0.1", nil},                                 // 8.0.0.1 to browsers
		{"http://[fe80::1%25eth0]", nil},                          // without the zone it is nobody's
		{"http://::1:3000", nil},                                  // the port may be a part of the address
		{".example.com", nil},                                     // subdomains, or a slip
		{"https://example.com.", nil},                             // another origin
		{"https://*example.com", nil},                             // a dot or another name
		{"*://example.com", nil},                                  // http too
		{"https://*.com", nil},                                    // no such pattern
		{`^https://.*\.example\.com$`, nil},                       // a wildcard for less
		{"*, https://a.example.com", nil},                         // every origin, or one
		{"https://a.example.com, https://*example.com", nil},      // a part is a guess
		{strings.Repeat("https://a.b,", 40) + "https://c.d", nil}, // a list from elsewhere
		{"file:///x", nil},
		{"https://example.com:99999", nil},
	}
	for _, test := range tests {
		_, err := Parse(test.in)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("Parse(%q) succeeds", test.in)
		} else if !slices.Equal(e.Replacement, test.want) {
			t.Errorf("Parse(%q): replacement %q, want %q", test.in, e.Replacement, test.want)
		}
	}
}

// unreadable returns what keeps e, about in, from being a line and whole
// sentences.
func unreadable(in string, e *Error) string {
	switch {
	case e.Summary == "" || strings.HasSuffix(e.Summary, ".") || strings.Contains(e.Summary, "\n") || len(e.Summary) > 600:
		return "has a bad summary"
	case !strings.HasSuffix(e.Detail, "."):
		return "does not end with a full stop"
	case strings.Contains(e.Error(), "%!") && !strings.Contains(in, "%"):
		return "is badly formatted"
	}
	return ""
}

// The texts of errors name what a browser does and what to write.
func TestParseErrorTexts(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"https://example.com:443", `The origin names the default port 443. Browsers leave out the default port of https, so an entry with it matches nothing. Write "https://example.com".`},
		{"http://010.0.0.1", "They would send this one as 8.0.0.1."},
		{"http://010.0.0.1", "If it is meant in decimal, drop the leading zeros."},
		{"http://localhost*", "For any port write http://localhost:* instead."},
		{"https://*example.com", "such as xexample.com"},
		{"https://*.co.uk", "Anyone can register a name under co.uk,"},
		{"https://*.co.uk", "as in https://*.example.co.uk."},
		{"https://*.corp", "No list knows the top-level name corp,"},
		{"a.com, B.com/ c.com,d.com;e.com", `"https://a.com", "https://b.com", "https://c.com", "https://d.com" and so on.`},
		{"file:///x", "sends the origin null"},
	} {
		_, err := Parse(test.in)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("Parse(%q): got %v, want a text with %s", test.in, err, test.want)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for _, form := range []string{"https://app-%d.example.com", "https://a%d-*.example.com", "https://example.com:%d/"} {
		texts := make([]string, 100_000)
		for i := range texts {
			texts[i] = fmt.Sprintf(form, i)
		}
		b.Run(form, func(b *testing.B) {
			for b.Loop() {
				for _, s := range texts {
					_, _ = Parse(s)
				}
			}
		})
	}
}
