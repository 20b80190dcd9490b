package browser_test

import (
	"strings"
	"testing"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/browser/reason"
)

// The tables of this file are what browsers have agreed on in web-platform-tests
// (its folders cors and fetch/api/cors).

const digits129 = "012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678"

// TestPlatformSafelist checks which request headers need a preflight.
func TestPlatformSafelist(t *testing.T) {
	tests := []struct {
		name, value string
		want        bool // a preflight
	}{
		{"content-type", "text /plain", true},
		{"content-type", "text\t/\tplain", true},
		{"content-type", "text/plain;", false},
		{"content-type", "text/plain;charset", false},
		{"content-type", "text/plain;charset\x01\x02", true},
		{"content-type", "text/plain,", true},
		{"content-type", ",text/plain", true},
		{"content-type", "text/plain,text/plain", true},
		{"content-type", "text/plain,a/b", true},
		{"content-type", "text/plain\v", true},
		{"content-type", "text/plain\f", true},
		{"content-type", "text/html", true},
		{"content-type", "application/www-form-urlencoded", true},
		{"content-type", "application/x-www-form-urlencoded;\x7f", true},
		{"content-type", "application/x-www-form-urlencoded", false},
		{"content-type", "multipart/form-data", false},
		{"content-type", `multipart/form-data;"`, true},
		{"content-type", "text/plain; a=" + digits129[:114], false},
		{"content-type", "text/plain; a=" + digits129[:115], true},
		{"range", "100-200", true},
		{"range", "kB=100-200", true},
		{"range", "bytes=100-200", false},
		{"range", "bytes =100-200", true},
		{"range", "bytes\t=100-200", true},
		{"range", "bytes=  100-200", true},
		{"range", "bytes=\t\t100-200", true},
		{"range", "bytes= \t100-200", true},
		{"range", "bytes=100 -200", true},
		{"range", "bytes=100\t-200", true},
		{"range", "bytes=100- 200", true},
		{"range", "bytes=100-\t200", true},
		{"range", "bytes=100-200a", true},
		{"range", "bytes=a-b", true},
		{"range", "bytes=100-200,300-400", true},
		{"range", "bytes=-200", true},
		{"range", "bytes=200-", false},
		{"range", "bytes=200-100", true},
		{"range", "bytes=1" + strings.Repeat("0", 60) + "-2" + strings.Repeat("0", 60), true}, // 129 bytes
		{"range", "bytes 100-200", true},
		{"range", "bytes 0-", true},
		{"range", "bytes = 100-200", true},
		{"range", ",bytes=100-200", true},
		{"range", "bytes=,100-200", true},
		{"accept", `"`, true},
		{"accept", digits129, true},
		{"accept", "a", false},
		{"accept-language", "\x01", true},
		{"accept-language", "@", true},
		{"accept-language", "a", false},
		{"content-language", "\x01", true},
		{"content-language", "@", true},
		{"CONTENT-language", "a", false},
		{"authorization", "basics", true},
		{"test", "a", true},
	}
	for _, tt := range tests {
		r := browser.Request{Method: "post", Headers: []browser.Header{{Name: tt.name, Value: tt.value}}}
		o := fetch(t, r, browser.Recorded(response(200, acao+"*", acah+tt.name+", *"), response(200, acao+"*")))
		if got := len(o.Preflights()) == 1; got != tt.want || o.Reason != reason.CORS {
			t.Errorf("%s: %q: preflight %v, %s", tt.name, tt.value, got, o.Reason)
		}
	}
}

// TestPlatformStar checks wildcards in the answer to a preflight.
func TestPlatformStar(t *testing.T) {
	tests := []struct {
		credentials      browser.Credentials
		methods, headers string // that are allowed
		method, name     string // that are asked for
		want             bool
	}{
		{"", "get", "x-test", "GET", "X-Test", true},
		{"", "*", "x-test", "SUPER", "X-Test", true},
		{"", "*", "*", "OK", "X-Test", true},
		{browser.Include, "*", "*", "OK", "X-Test", false},
		{browser.Include, "*", "", "PUT", "", false},
		{browser.Include, "PUT", "*", "PUT", "", true},
		{browser.Include, "get", "*", "GET", "X-Test", false},
		{browser.Include, "*", "*", "GET", "X-Test", false},
		{browser.Include, "*", "*", "*", "*", true},
		{browser.Include, "put", "*", "PUT", "", false},
		{"", "", "", "PATCH", "", false},
		{"", "PATCH", "", "patch", "", false},
		{"", "Bad method name", "x-test", "GET", "X-Test", false},
		{"", "", "x-test,header name with space", "GET", "X-Test", false},
	}
	for _, tt := range tests {
		r := browser.Request{Method: tt.method, Credentials: tt.credentials}
		if tt.name != "" {
			r.Headers = []browser.Header{{Name: tt.name, Value: "1"}}
		}
		o := fetch(t, r, browser.Recorded(response(200, acao+page, acac+"true", acam+tt.methods, acah+tt.headers), response(200, acao+page, acac+"true")))
		if o.Allowed() != tt.want {
			t.Errorf("%+v: %s", tt, o.Reason)
		}
	}
}

// TestPlatformAllowOrigin checks values of Access-Control-Allow-Origin, of one
// line or more.
func TestPlatformAllowOrigin(t *testing.T) {
	const host = "app.example.com"
	pass := [][]string{{"*"}, {" *  "}, {"\t*"}, {page}, {" " + page}, {" " + page + "   \t "}, {"\t" + page}}
	fail := [][]string{
		{"https://www." + host},
		{"//" + host},
		{"://" + host},
		{"ftp://" + host},
		{"https:://" + host},
		{"https:/" + host},
		{"https:" + host},
		{host},
		{page + "?"},
		{page + "/"},
		{page + " /"},
		{page + "#"},
		{page + "%23"},
		{page + ":443"},
		{page + ", *"},
		{page + "\x00"},
		{strings.ToUpper(page)},
		{"HTTPS://" + host},
		{"-"},
		{"**"},
		{"\x00*"},
		{"*\x00"},
		{"'*'"},
		{`"*"`},
		{"* *"},
		{"* null"},
		{"*https://*"},
		{"*" + page},
		{"* " + page},
		{"*, " + page},
		{"\x00" + page},
		{"null " + page},
		{"http://example.net"},
		{"null"},
		{"null *"},
		{""},
		{page + "/a"},
		{"example.com"},
		{".example.com"},
		{"*.example.com"},
		{"https://example.com"},
		{"https://.example.com"},
		{"https://*.example.com"},
		{"", "*"},
		{"*", ""},
		{"*", "*"},
		{"", page},
		{"*", page},
		{page, page},
	}
	check := func(values []string, want bool) {
		var lines []string
		for _, v := range values {
			lines = append(lines, acao+v)
		}
		o := fetch(t, browser.Request{}, browser.Recorded(nil, response(200, lines...)))
		if o.Allowed() != want {
			t.Errorf("%q: %s", values, o.Reason)
		}
	}
	for _, values := range pass {
		check(values, true)
	}
	for _, values := range fail {
		check(values, false)
	}
}

// TestPlatformAllowCredentials checks that only one word lets credentials pass.
func TestPlatformAllowCredentials(t *testing.T) {
	for value, want := range map[string]bool{"true": true, "TRUE": false, "True": false, `"true"`: false, "false": false, "1": false, "0": false, "": false} {
		o := fetch(t, browser.Request{Credentials: browser.Include}, browser.Recorded(nil, response(200, acao+page, acac+value)))
		if o.Allowed() != want {
			t.Errorf("%q: %s", value, o.Reason)
		}
	}
}

// TestPlatformRedirectOrigin checks which Origin a redirect ends with, from the
// page's own server, another one and a third one, and what these allow.
func TestPlatformRedirectOrigin(t *testing.T) {
	urls := map[string]string{"own": page + "/", "other": "https://a.example/", "third": "https://b.example/"}
	const blocked = "blocked"
	tests := []struct{ first, allow, second, allowSecond, want string }{
		{"own", "*", "other", "*", page},
		{"own", "*", "other", page, page},
		{"own", "*", "other", "null", blocked},
		{"own", "*", "other", "", blocked},
		{"own", "null", "other", "*", page},
		{"own", "", "other", "*", page},
		{"other", "*", "own", "*", "null"},
		{"other", "*", "own", page, blocked},
		{"other", "*", "own", "null", "null"},
		{"other", "*", "own", "", blocked},
		{"other", page, "own", "null", "null"},
		{"other", "null", "own", "*", blocked},
		{"other", "", "own", "*", blocked},
		{"other", "*", "other", "*", page},
		{"other", page, "other", page, page},
		{"other", "*", "other", "null", blocked},
		{"other", "*", "other", "", blocked},
		{"other", "null", "other", "*", blocked},
		{"other", "*", "third", "*", "null"},
		{"other", "*", "third", page, blocked},
		{"other", page, "third", "null", "null"},
		{"other", page, "third", "", blocked},
		{"other", "", "third", "*", blocked},
		{"other", "*", "other", "https://a.example", blocked},
		{"other", "*", "third", "https://a.example", blocked},
		{"other", "https://a.example", "other", "*", blocked},
	}
	for _, tt := range tests {
		first, second := urls[tt.first], urls[tt.second]+"x"
		o := fetch(t, browser.Request{URL: first}, func(m browser.Message) (browser.Response, bool) {
			r := response(200, acao+tt.allowSecond)
			if m.URL == first {
				r = response(302, acao+tt.allow, "Location: "+second)
			}
			if r.Headers[0].Value == "" {
				r.Headers = r.Headers[1:]
			}
			return *r, true
		})
		got := blocked
		if o.Allowed() {
			got = originOf(o.Exchanges[len(o.Exchanges)-1].Request)
		}
		if got != tt.want {
			t.Errorf("%+v: %s (%s)", tt, got, o.Reason)
		}
	}
}

func originOf(m browser.Message) string {
	for _, h := range m.Headers {
		if h.Name == "Origin" {
			return h.Value
		}
	}
	return ""
}

// TestPlatformUserInfo checks URLs with a user name or a password, of the script
// and of redirects. Signs without anything between them are neither.
func TestPlatformUserInfo(t *testing.T) {
	tests := []struct {
		from, to, userinfo string
		want               bool
	}{
		{"https://a.example/", "a.example/x", "user:pass@", false},
		{"https://a.example/", "a.example/x", "user:@", false},
		{"https://a.example/", "a.example/x", "user@", false},
		{"https://a.example/", "a.example/x", ":pass@", false},
		{"https://a.example/", "a.example/x", "@", true},
		{"https://a.example/", "b.example/x", "user@", false},
		{"https://a.example/", "app.example.com/x", "user@", false},
		{page + "/", "a.example/x", "user@", false},
		{page + "/", "a.example/x", ":pass@", false},
		{page + "/", "app.example.com/x", "user@", true},
	}
	for _, tt := range tests {
		o := fetch(t, browser.Request{URL: tt.from}, hops(307, map[string]string{tt.from: "https://" + tt.userinfo + tt.to}))
		if o.Allowed() != tt.want {
			t.Errorf("%+v: %s", tt, o.Reason)
		}
	}
	for userinfo, want := range map[string]bool{"@": true, "u@": false, ":p@": false, "u:p@": false} {
		o := fetch(t, browser.Request{URL: "https://" + userinfo + "a.example/"}, hops(200, nil))
		if o.Allowed() != want {
			t.Errorf("%s: %s", userinfo, o.Reason)
		}
	}
}

// TestPlatformExpose checks what Access-Control-Expose-Headers makes readable.
func TestPlatformExpose(t *testing.T) {
	tests := []struct {
		credentials browser.Credentials
		expose      []string
		name        string
		want        bool
	}{
		{"", []string{"BB-8"}, "bb-8", true},
		{"", []string{"bb-8,,"}, "bb-8", true},
		{"", []string{", bb-8"}, "bb-8", true},
		{"", []string{"", "bb-8"}, "bb-8", true},
		{"", []string{"\tbb-8 "}, "bb-8", true},
		{"", []string{"a , bb-8"}, "bb-8", true},
		{"", []string{"bb-8,,@#$#%%&^&^*()()11!"}, "bb-8", false},
		{"", []string{"bb-8, no no"}, "bb-8", false},
		{"", []string{"@#$#%%&^&^*()()11!", "bb-8"}, "bb-8", false},
		{"", []string{`"bb-8"`}, "bb-8", false},
		{"", []string{"bb-8;"}, "bb-8", false},
		{"", []string{"\vbb-8"}, "bb-8", false},
		{"", []string{"bb-8\x00"}, "bb-8", false},
		{"", []string{"bb-8\f"}, "bb-8", false},
		{"", []string{"a'b,bb-8"}, "bb-8", true},
		{"", []string{"*"}, "bb-8", true},
		{"", []string{"*"}, "*", true},
		{"", []string{"*", "set-cookie"}, "bb-8", true},
		{"", []string{"*", "set-cookie"}, "set-cookie", false},
		{"", []string{"set-cookie, set-cookie2"}, "set-cookie2", false},
		{browser.Include, []string{"*"}, "bb-8", false},
		{browser.Include, []string{"*"}, "*", true},
		{browser.Include, []string{"*"}, "content-type", true},
		{browser.Include, []string{"*"}, "set-cookie", false},
		{browser.Include, []string{"*, bb-8"}, "bb-8", true},
		{"", nil, "server", false},
		{"", nil, "pragma", true},
		{"", nil, "last-modified", true},
	}
	for _, tt := range tests {
		lines := []string{acao + page, acac + "true", tt.name + ": 1"}
		for _, value := range tt.expose {
			lines = append(lines, aceh+value)
		}
		o := fetch(t, browser.Request{Credentials: tt.credentials}, browser.Recorded(nil, response(200, lines...)))
		got := false
		for _, name := range o.Readable {
			got = got || name == tt.name
		}
		if got != tt.want {
			t.Errorf("%+v: %v %v", tt, got, o.Readable)
		}
	}
}
