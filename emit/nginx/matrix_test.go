package nginx_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
)

// matrix are the policies that are asked every request.
var matrix = []settings{
	full,
	{name: "one", origins: []string{"https://app.example.com"}},
	{
		name: "any", origins: []string{"*"}, methods: []string{"*"}, headers: []string{"*", "Authorization"},
		expose: []string{"*"}, maxAge: "86400",
	},
	{name: "any200", origins: []string{"*"}, status: 200},
	{
		name: "reflect", origins: []string{"https://app.example.com", "https://*.example.org"}, methods: []string{"*"},
		headers: []string{"*"}, credentials: true, maxAge: "0", status: 200,
	},
	{
		name: "tokens", origins: []string{"https://app.example.com"}, methods: []string{"GET", "M!#$%&'*+.^_`|~-"},
		headers: []string{"x-%odd'tok$en", "$http_host", "${args}", "x!#$%&'*+.^_`|~-", "#a"}[:2], expose: []string{"x-$1", "~x", "'x"},
	},
	{
		name: "patterns", origins: []string{
			"https://**.example.com", "https://pr-*.preview.example.org", "https://v{digits}.example.org", "http://localhost:*",
			"http://[::1]:8080", "http://127.0.0.1:*", "chrome-extension://abcDEF", "https://*.p.example.org:8443", "null",
			"https://v{digits}.*.mixed.example:*", "app://one-long-name-that-is-longer-than-a-key.of.nginx",
		},
	},
	{
		name: "stars", origins: []string{
			"https://*.example.com", "https://*.example.org", "http://*.example.net:8080", "https://*.dev.example.net",
			"https://*.a-very-long-name-of-a-host.with-several-labels.and-more.example.com", "https://pr-{digits}.preview.example",
			"https://exact.example", "https://a-very-long-name-of-a-host.with-several-labels.and-more.example.net",
			"safari-web-extension://72CEC594-8F48-4C20-8A3F-000000000000",
		},
	},
	{
		name: "gate", origins: []string{"https://app.example.com", "https://*.example.org"}, methods: []string{"GET"},
		credentials: true, gate: true,
	},
	{name: "long", origins: []string{
		"https://" + strings.Repeat("a", 38) + ".example", "https://" + strings.Repeat("a", 30) + ".example",
		"https://" + strings.Repeat("a", 31) + ".example", "https://" + strings.Repeat("b.", 120) + "example",
		"https://" + strings.Repeat("b.", 120) + "example:8443", "https://" + strings.Repeat("b.", 120) + "example:8444",
		"app://" + strings.Repeat("c", 506),
	}},
	// Where the numbers of folded heads were unique in a level only, the two tails could be exchanged.
	{name: "tails", origins: []string{twice('a', 0) + ".one", twice('b', 44) + ".two"}},
}

// twice returns the head of an origin that nginx cannot compare at once, and more.
func twice(c byte, more int) string {
	return "app://" + strings.Repeat(string(c), 40) + strings.Repeat("c", more)
}

var origins = []string{
	twice('a', 0) + ".one", twice('a', 0) + ".two", twice('b', 44) + ".one", twice('b', 44) + ".two", twice('a', 44) + ".two",
	"", "https://app.example.com", "https://admin.example.com", "https://evil.example", "https://app.example.com.evil.example",
	"https://app.example.co", "https://app.example.comm", "https://App.example.com", "HTTPS://app.example.com",
	"https://app.example.com:443", "https://app.example.com, https://admin.example.com", "https://appXexample.com", "null", "Null",
	"*", "https://", "-", "1", "allowed", "https://*.example.com", "https://example.com", "https://a.b.c.example.com",
	"https://.example.com", "https://a..example.com", "https://-.example.com", "https://pr-1.preview.example.org",
	"https://pr-.preview.example.org", "https://pr-a.b.preview.example.org", "https://x.example.org", "https://v12.example.org",
	"https://v.example.org", "https://v1a.example.org", "http://localhost", "http://localhost:1", "http://localhost:65535",
	"http://localhost:0", "http://localhost:01", "http://localhost:123456", "http://localhost:", "http://[::1]:8080", "http://[::1]",
	"http://127.0.0.1:9", "http://127.0.0.1", "http://127a0.0.1", "chrome-extension://abcDEF", "chrome-extension://abcdef",
	"https://q.p.example.org:8443", "https://q.p.example.org", "https://v1.x.mixed.example:1", "https://v1.mixed.example",
	"https://" + strings.Repeat("a", 492) + ".example.com", "https://" + strings.Repeat("a", 493) + ".example.com",
	"https://" + strings.Repeat("a.", 246) + "example.com", "https://" + strings.Repeat("a.", 2000) + "example.com",
	"https://app.example.com\xff", "$http_host", "\"", "\\", "'",
	"app://one-long-name-that-is-longer-than-a-key.of.nginx", "app://one-long-name-that-is-longer-than-a-key.of.nginX",
	"1 .nginx", "1 nginx", "app://one-long-name-that-is-longer-than-a-key.of.nginy", "xpp://one-long-name-that-is-longer-than-a-key.of.nginx",
	"https://x.example.net", "http://x.example.net:8080", "https://x.dev.example.net", "https://x.x.dev.example.net",
	"https://x.a-very-long-name-of-a-host.with-several-labels.and-more.example.com", "https://pr-1.preview.example",
	"https://*.a-very-long-name-of-a-host.with-several-labels.and-more.example.com",
	"https://x.a-very-long-name-of-a-host.with-several-labels.and-more.example.net",
	"https://a-very-long-name-of-a-host.with-several-labels.and-more.example.net", "https://exact.example",
	"safari-web-extension://72CEC594-8F48-4C20-8A3F-000000000000", "safari-web-extension://72cec594-8f48-4c20-8a3f-000000000000",
	"https://" + strings.Repeat("a", 30) + ".example", "https://" + strings.Repeat("a", 31) + ".example",
	"https://" + strings.Repeat("a", 32) + ".example", "https://" + strings.Repeat("a", 37) + ".example",
	"https://" + strings.Repeat("a", 38) + ".example", "https://" + strings.Repeat("b.", 120) + "example",
	"https://" + strings.Repeat("b.", 119) + "example", "https://" + strings.Repeat("b.", 120) + "example:8443",
	"https://" + strings.Repeat("b.", 120) + "example:8445", "https://" + strings.Repeat("b.", 120) + "example:844",
	"app://" + strings.Repeat("c", 505), "app://" + strings.Repeat("c", 506), "app://" + strings.Repeat("c", 507),
}

var preflights = [][]string{
	{"Access-Control-Request-Method: PUT"},
	{"Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: content-type,x-a"},
	{"Access-Control-Request-Method: p~!#$%&'*+.^_`|-", "Access-Control-Request-Headers: a , b\t,\tc"},
	{"Access-Control-Request-Method: P UT", "Access-Control-Request-Headers: a,,b"},
	{"Access-Control-Request-Method: P\"UT", "Access-Control-Request-Headers: a,"},
	{"Access-Control-Request-Method: P\\UT", "Access-Control-Request-Headers: ,a"},
	{"Access-Control-Request-Method: " + strings.Repeat("P", 4000), "Access-Control-Request-Headers: " + strings.Repeat("a,", 1999) + "aa"},
	{"Access-Control-Request-Method: " + strings.Repeat("P", 4001), "Access-Control-Request-Headers: " + strings.Repeat("a,", 2000) + "a"},
	{"Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: " + strings.Repeat("a,", 3900) + "a"},
	{"Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: " + strings.Repeat("a ", 3900) + "a"},
	{"Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: " + strings.Repeat("a", 3999)},
	{"Access-Control-Request-Method: ", "Access-Control-Request-Headers: x"},
	{"Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: a;b"},
	{"Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: a b"},
	{"Access-Control-Request-Method: PUT", "Access-Control-Request-Private-Network: true"},
}

// requests are requests of every class.
func requests() []golden.Request {
	all := []golden.Request{conformance.Request("OPTIONS", "/", "Origin: ", preflights[1][0])}
	for _, o := range origins {
		for _, method := range []string{"GET", "OPTIONS", "POST"} {
			all = append(all, conformance.Request(method, "/", conformance.WithOrigin(o)...))
		}
		all = append(all, conformance.Request("OPTIONS", "/a?b", conformance.WithOrigin(o, preflights[1]...)...))
	}
	for _, o := range []string{"", "https://app.example.com", "https://evil.example", "https://x.example.org"} {
		for _, p := range preflights {
			all = append(all, conformance.Request("OPTIONS", "/", conformance.WithOrigin(o, p...)...))
		}
		all = append(all, conformance.Request("GET", "/", conformance.WithOrigin(o, preflights[0]...)...), conformance.Request("PUT", "/", conformance.WithOrigin(o, preflights[0]...)...))
	}
	return all
}

// upstreams are answers of the upstream.
var upstreams = []*golden.Response{
	nil,
	{Status: 0},
	{Status: 500, Fields: []golden.Field{{Name: "Vary", Value: "Accept, oRigin"}}},
	{Status: 200, Fields: []golden.Field{{Name: "Vary", Value: "*"}}},
	{Status: 416},
	{Status: 404},
	{Status: 301, Fields: []golden.Field{{Name: "Location", Value: "/x"}}},
	{Status: 304, Fields: []golden.Field{{Name: "Access-Control-Allow-Origin", Value: "*"}}},
	{Status: 203, Fields: []golden.Field{
		{Name: "Access-Control-Allow-Origin", Value: "https://evil.example"},
		{Name: "access-control-allow-origin", Value: "*"},
		{Name: "Access-Control-Allow-Credentials", Value: "true"},
		{Name: "Access-Control-Allow-Methods", Value: "GET"},
		{Name: "Access-Control-Allow-Headers", Value: "x"},
		{Name: "Access-Control-Allow-Private-Network", Value: "true"},
		{Name: "Access-Control-Expose-Headers", Value: "x"},
		{Name: "Access-Control-Max-Age", Value: "1"},
	}},
}

// TestMatrix asks every policy every request and demands the reference's answer.
func TestMatrix(t *testing.T) {
	t.Parallel()
	for _, version := range conformance.NginxVersions(t) {
		t.Run("server_version="+version, func(t *testing.T) { testMatrix(t, version) })
	}
}

func testMatrix(t *testing.T, version string) {
	p := compiled(t, matrix...)
	u := conformance.StartUpstream(t)
	addrs := conformance.NginxFor(version)(t, p, "", u.Addr)
	all := requests()
	for i := range p.Policies {
		t.Run(p.Policies[i].Name, func(t *testing.T) {
			t.Parallel()
			reference, addr := eval.New(&p.Policies[i].Variants[0]), addrs[p.Policies[i].Name]
			compare := func(r golden.Request, up *golden.Response) {
				got, err := conformance.Send(addr, u, r, up)
				if err != nil {
					t.Errorf("%.200v: %v", r, err)
				} else if d := cmp.Diff(conformance.Evaluate(reference, r, up), got); d != "" {
					t.Errorf("%.300v (-reference +nginx)\n%.1000s", fmt.Sprint(r), d)
				}
			}
			for _, r := range all {
				compare(r, nil)
			}
			for _, o := range []string{"", "https://app.example.com", "https://evil.example"} {
				for _, up := range upstreams {
					for _, method := range []string{"GET", "HEAD", "POST", "OPTIONS"} {
						compare(conformance.Request(method, "/", conformance.WithOrigin(o)...), up)
					}
				}
			}
		})
	}
}
