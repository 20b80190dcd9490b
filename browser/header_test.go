package browser_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/browser"
)

func TestNormalizeMethod(t *testing.T) {
	for input, want := range map[string]string{
		"get": "GET", "Put": "PUT", "dELETE": "DELETE", "options": "OPTIONS", "head": "HEAD", "post": "POST",
		"patch": "patch", "PATCH": "PATCH", "trace": "trace", "poſt": "poſt", "chicken": "chicken", "\xff": "\xff",
	} {
		if got := browser.NormalizeMethod(input); got != want {
			t.Errorf("%q: %q, want %q", input, got, want)
		}
	}
}

func TestIsForbiddenMethod(t *testing.T) {
	for input, want := range map[string]bool{"TRACE": true, "trace": true, "TraCk": true, "CONNECT": true, "OPTIONS": false, "TRACES": false} {
		if got := browser.IsForbiddenMethod(input); got != want {
			t.Errorf("%s: %v", input, got)
		}
	}
}

func TestIsSafelistedHeader(t *testing.T) {
	tests := []struct {
		name, value string
		want        bool
	}{
		{"Accept", "text/html;q=0.9, */*", true},
		{"ACCEPT", "", true},
		{"accept", "a\tb", true},
		{"accept", "a\x01b", false},
		{"accept", "a\x7fb", false},
		{"accept", "(a)", false},
		{"accept", `"a"`, false},
		{"accept", "a:b", false},
		{"accept", "{}", false},
		{"accept", "é\xff", true},
		{"accept", strings.Repeat("a", 128), true},
		{"accept", strings.Repeat("a", 129), false},
		{"Accept-Language", "de-DE, de;q=0.9, *;q=0.5", true},
		{"accept-language", "de_DE", false},
		{"accept-language", "dé", false},
		{"Content-Language", "en", true},
		{"content-language", "en\t", false},
		{"content-language", "@", false},
		{"Content-Type", "text/plain", true},
		{"content-type", "TEXT/Plain;charset=UTF-8", true},
		{"content-type", "text/plain ; a=b", true},
		{"content-type", "multipart/form-data; boundary=x", true},
		{"content-type", "application/x-www-form-urlencoded", true},
		{"content-type", "application/json", false},
		{"content-type", "text/plain, application/json", false},
		{"content-type", "text / plain", false},
		{"content-type", `text/plain; charset="utf-8"`, false},
		{"content-type", "", false},
		{"Range", "bytes=0-", true},
		{"range", "bytes=0-499", true},
		{"range", "bytes=499-0", false},
		{"range", "bytes=007-7", true},
		{"range", "bytes=8-07", false},
		{"range", "bytes=99999999999999999999998-99999999999999999999999", true},
		{"range", "bytes=99999999999999999999999-99999999999999999999998", false},
		{"range", "bytes=-500", false},
		{"range", "bytes=0-1,2-3", false},
		{"range", "bytes= 0-1", false},
		{"range", "Bytes=0-1", false},
		{"range", "bytes=a-b", false},
		{"X-Requested-With", "XMLHttpRequest", false},
		{"Authorization", "x", false},
	}
	for _, tt := range tests {
		if got := browser.IsSafelistedHeader(browser.Header{Name: tt.name, Value: tt.value}); got != tt.want {
			t.Errorf("%s: %q: %v", tt.name, tt.value, got)
		}
	}
}

func TestUnsafeHeaderNames(t *testing.T) {
	long := strings.Repeat("a", 128)
	many := func(n int) []browser.Header {
		headers := []browser.Header{{Name: "X-B", Value: "1"}}
		for range n {
			headers = append(headers, browser.Header{Name: "Accept", Value: long})
		}
		return headers
	}
	tests := []struct {
		name  string
		input []browser.Header
		want  []string
	}{
		{"none", nil, nil},
		{"safe", []browser.Header{{Name: "Accept", Value: "a"}}, nil},
		{"sorted, lower case, each once", []browser.Header{{Name: "X-b"}, {Name: "x-A"}, {Name: "X-B"}, {Name: "Content-Type", Value: "application/json"}}, []string{"content-type", "x-a", "x-b"}},
		{"1024 bytes in sum", many(8), []string{"x-b"}},
		{"more than 1024 bytes in sum", many(9), []string{"accept", "x-b"}},
	}
	for _, tt := range tests {
		if d := cmp.Diff(tt.want, browser.UnsafeHeaderNames(tt.input)); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
}

func TestIsForbiddenHeader(t *testing.T) {
	tests := []struct {
		name, value string
		want        bool
	}{
		{"Cookie", "a=b", true},
		{"hOST", "a", true},
		{"Origin", "a", true},
		{"Sec-Fetch-Mode", "a", true},
		{"sec-", "", true},
		{"Proxy-Authorization", "", true},
		{"Access-Control-Request-Method", "PUT", true},
		{"Set-Cookie", "a=b", true},
		{"User-Agent", "a", false},
		{"Security", "a", false},
		{"X-HTTP-Method-Override", "PATCH", false},
		{"X-HTTP-Method-Override", "trace", true},
		{"X-HTTP-Method", "GET , TRACK", true},
		{"X-Method-Override", `"GET, TRACE"`, false},
		{"X-Method-Override", `"a\", TRACE", CONNECT`, true},
		{"X-Method-Override", `"a, TRACE`, false},
		{"X-Other", "TRACE", false},
	}
	for _, tt := range tests {
		if got := browser.IsForbiddenHeader(browser.Header{Name: tt.name, Value: tt.value}); got != tt.want {
			t.Errorf("%s: %s: %v", tt.name, tt.value, got)
		}
	}
}
