package chromium

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/browser"
)

// requests are headers of requests, which need a preflight or not.
func requests() []*scenario {
	long := strings.Repeat("a", 128)
	var all []*scenario
	ask := func(name string, list ...browser.Header) {
		server := answers(answer(204, acao+page, acah+"x-a, accept, accept-language, content-language, content-type, range, x-http-method-override"), answer(200, acao+page))
		all = append(all, one(name, browser.Request{Method: "POST", Headers: list}, server))
	}
	values := map[string][]string{
		"Accept":                 {"*/*", "application/json", "text/html;q=\"a\"", "text/html, */*;q=0.1", "a(b)", "a\tb", "a@b", "a{b", "a<b", "a\xfcb", "", long, long + "a", "a=b;c", "a/b?c", "a[b]", "a\\b", "a:b"},
		"Accept-Language":        {"en", "de-DE, en;q=0.5", "en_US", "*", "en\"", "\xfc", "", "en/us", long, long + "a", "en:us", "a\tb"},
		"Content-Language":       {"en", "en, de", "en!", "en;q=1.0", "x y"},
		"Content-Type":           {"text/plain", "TEXT/plain", "text/plain;charset=UTF-8", "text/plain; charset=\"utf-8\"", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/json", "text/plain, text/plain", "text/html", "", "text", "text/", "text/plain;", "text /plain", "text/plain ;a=b", "text/plain; a=(b)", "text/plain" + strings.Repeat(";", 119), "text/xml", "text/plain;\xfc", "application/csp-report", "text/plain, application/json"},
		"Range":                  {"bytes=0-", "bytes=0-1", "bytes=1-0", "bytes=-1", "bytes=0-1,2-3", "Bytes=0-", "bytes = 0-", "bytes=0 -1", "bytes=00-01", "bytes=99999999999999999999-", "bytes=0-99999999999999999999", "items=0-1", "", "bytes=a-"},
		"X-A":                    {"1", "", "\xfc\xe9"},
		"X-HTTP-Method-Override": {"PUT", "TRACE", "a, track", "CONNECTED"},
		"Save-Data":              {"on"}, "DPR": {"1"}, "Downlink": {"1"}, "Width": {"1"}, "Viewport-Width": {"1"}, "ECT": {"4g"}, "RTT": {"1"}, "Device-Memory": {"1"}, "Sec-CH-UA": {"x"}, "Last-Event-ID": {"1"},
		"Cookie": {"a=b"}, "Origin": {"https://b.example"}, "Sec-X": {"1"}, "Proxy-X": {"1"}, "Host": {"x"}, "Date": {"x"}, "DNT": {"1"}, "User-Agent": {"x"}, "Referer": {"x"}, "Access-Control-Request-Method": {"PUT"}, "Access-Control-Request-Private-Network": {"true"}, "Set-Cookie": {"a"}, "Via": {"x"}, "Purpose": {"x"}, "If-None-Match": {"x"}, "Cache-Control": {"no-cache"}, "Accept-Charset": {"x"}, "TE": {"x"}, "Trailer": {"x"}, "Content-Length": {"1"}, "Upgrade": {"x"}, "X-A!#$%&'*+.^_`|~": {"1"},
	}
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range values[name] {
			ask(fmt.Sprintf("%s %.60q", name, v), browser.Header{Name: name, Value: v})
		}
	}
	for _, v := range []string{"a\x7fb", "a\x01b", "a\x1fb"} { // with which a request would not get through to a Go server
		all = append(all, one(fmt.Sprintf("Accept %q", v), browser.Request{Headers: []browser.Header{{Name: "Accept", Value: v}}}, answers(answer(204), answer(200, acao+page))))
	}
	ask("no headers")
	ask("two Accepts", browser.Header{Name: "Accept", Value: "a/b"}, browser.Header{Name: "accept", Value: "c/d"})
	ask("two Content-Types", browser.Header{Name: "Content-Type", Value: "text/plain"}, browser.Header{Name: "content-type", Value: "text/plain"})
	ask("two X-As", browser.Header{Name: "X-A", Value: "1"}, browser.Header{Name: "x-a", Value: "2"})
	ask("many", fields("X-A", "Accept", "x-a", "Content-Type")...)
	ask("1,024 bytes", sized(1024)...)
	ask("1,025 bytes", sized(1025)...)
	return all
}

// sized are safelisted headers with values of n bytes together: no more than four
// names are safelisted with any value, so the same name stands there twice.
func sized(n int) []browser.Header {
	var all []browser.Header
	for i, name := range []string{"Accept", "Accept-Language", "Content-Language", "Content-Type"} {
		value := strings.Repeat("a", 128)
		if i == 3 {
			value = "text/plain;" + strings.Repeat("a", n-3*128-len("text/plain;"))
		}
		all = append(all, browser.Header{Name: name, Value: value})
	}
	return all
}

// modes are requests in all modes, by both ways to ask.
func modes() []*scenario {
	var all []*scenario
	server := answers(answer(204, acao+page, acac+"true", acam+"PUT", acah+"x-a"), answer(200, acao+page, acac+"true", "X-A: 1", "Content-Type: text/plain"))
	for _, mode := range []browser.Mode{browser.CORS, browser.NoCORS, browser.SameOriginOnly} {
		for _, c := range []browser.Credentials{browser.Omit, browser.SameOrigin, browser.Include} {
			for _, method := range []string{"GET", "POST", "PUT", "TRACE"} {
				for _, to := range []string{"", page + "/?{id}"} {
					r := browser.Request{Mode: mode, Credentials: c, Method: method, URL: to, Headers: fields("X-A", "Accept")}
					all = append(all, one(fmt.Sprintf("%s %s %s to %q", mode, c, method, to), r, server))
				}
			}
		}
	}
	for _, c := range []browser.Credentials{browser.SameOrigin, browser.Include} {
		for _, method := range []string{"GET", "POST", "PUT"} {
			for _, o := range []string{page, "null", "http://app.example.com", "https://b.example"} {
				s := one(fmt.Sprintf("XMLHttpRequest %s %s from %s", c, method, o), browser.Request{Credentials: c, Method: method, Origin: o}, server)
				s.xhr = true
				all = append(all, s)
			}
		}
	}
	for _, u := range []string{"https://user:secret@h1.api.example.com/?{id}", "https://user@h1.api.example.com/?{id}", "https://h1.api.example.com/?{id}#x", "https://H1.API.example:443/?{id}", "https://h1.api.example.com:8443/?{id}", "https://h1.api.example.com?{id}", "https://h1.api.example.com/a/../b?{id}"} {
		all = append(all, one("to "+u, browser.Request{URL: u, Method: "PUT"}, server))
	}
	return all
}
