package apache_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
)

// policies are the policies that every kind of response is tested with.
var policies = map[string]settings{
	"full":       full,
	"exact":      {origins: []string{"https://app.example.com"}, maxAge: -1, status: 204},
	"any":        {origins: []string{"*"}, methods: []string{"*"}, headers: []string{"*", "Authorization"}, expose: []string{"*"}, maxAge: 86400, status: 204},
	"any 200":    {origins: []string{"*"}, maxAge: -1, status: 200},
	"reflecting": {origins: []string{"https://app.example.com", "https://*.example.org"}, methods: []string{"*"}, headers: []string{"*"}, credentials: true, maxAge: 0, status: 200},
	"patterns": {
		origins: []string{
			"https://**.example.com", "https://pr-*.preview.example.org", "https://v{digits}.example.org", "http://localhost:*",
			"http://[::1]:8080", "http://127.0.0.1:*", "chrome-extension://abcDEF", "https://*.p.example.org:8443", "null",
		},
		methods: []string{"GET", "M!#$%&'*+.^_`|~-"}, headers: []string{"x-%odd'tok$en", "x!#$%&'*+.^_`|~-"}, expose: []string{"x-%s"},
		credentials: false, maxAge: 0, status: 204,
	},
	"gate": {origins: []string{"https://app.example.com", "https://*.example.org"}, methods: []string{"GET"}, credentials: true, maxAge: -1, status: 204, gate: true},
}

var origins = []string{
	"", "https://app.example.com", "https://admin.example.com", "https://evil.example", "https://app.example.com.evil.example",
	"https://app.example.co", "https://app.example.comm", "https://App.example.com", "HTTPS://app.example.com", "https://app.example.com:443",
	"https://app.example.com ", "https://app.example.com, https://admin.example.com", "https://appXexample.com", "null", "*", "https://",
	"https://example.com", "https://a.b.c.example.com", "https://.example.com", "https://a..example.com", "https://-.example.com",
	"https://pr-1.preview.example.org", "https://pr-.preview.example.org", "https://pr-a.b.preview.example.org", "https://x.example.org",
	"https://v12.example.org", "https://v.example.org", "https://v1a.example.org", "http://localhost", "http://localhost:1", "http://localhost:65535",
	"http://localhost:0", "http://localhost:01", "http://localhost:123456", "http://localhost:", "http://[::1]:8080", "http://[::1]", "http://127.0.0.1:9",
	"http://127.0.0.1", "http://127a0.0.1", "chrome-extension://abcDEF", "chrome-extension://abcdef", "https://q.p.example.org:8443", "https://q.p.example.org",
	"https://" + strings.Repeat("a", 492) + ".example.com", "https://" + strings.Repeat("a", 493) + ".example.com", "https://" + strings.Repeat("a.", 246) + "example.com",
	"https://app.example.com\xff", "%{REQUEST_URI}", "$0", "\"", "\\", "'",
}

var preflights = [][]string{
	{"Access-Control-Request-Method: PUT"},
	{"Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: content-type,x-a"},
	{"Access-Control-Request-Method: p~!#$%&'*+.^_`|-", "Access-Control-Request-Headers: a , b\t,\tc"},
	{"Access-Control-Request-Method: P UT", "Access-Control-Request-Headers: a,,b"},
	{"Access-Control-Request-Method: P\"UT", "Access-Control-Request-Headers: a,"},
	{"Access-Control-Request-Method: " + strings.Repeat("P", 4000), "Access-Control-Request-Headers: " + strings.Repeat("a,", 1999) + "aa"},
	{"Access-Control-Request-Method: " + strings.Repeat("P", 4001), "Access-Control-Request-Headers: " + strings.Repeat("a,", 2000) + "a"},
	{"Access-Control-Request-Method: ", "Access-Control-Request-Headers: x"},
	{"Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: a;b"},
	{"Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: a b"},
	{"Access-Control-Request-Method: PUT", "Access-Control-Request-Private-Network: true"},
}

// requests are requests of every class.
func requests(target string) []golden.Request {
	var all []golden.Request
	for _, o := range origins {
		for _, method := range []string{"GET", "OPTIONS", "POST"} {
			all = append(all, conformance.Request(method, target, conformance.WithOrigin(o)...))
		}
		all = append(all, conformance.Request("OPTIONS", target, conformance.WithOrigin(o, preflights[1]...)...))
		all = append(all, conformance.Request("options", target, conformance.WithOrigin(o, preflights[1]...)...))
	}
	for _, o := range []string{"", "https://app.example.com", "https://evil.example", "https://x.example.org"} {
		for _, p := range preflights {
			all = append(all, conformance.Request("OPTIONS", target, conformance.WithOrigin(o, p...)...))
		}
		all = append(all, conformance.Request("GET", target, conformance.WithOrigin(o, preflights[0]...)...))
	}
	return all
}

// The proxy's answers are those of the reference, whatever the upstream says.
func TestProxy(t *testing.T) {
	upstreams := []*golden.Response{
		{Status: 200, Fields: []golden.Field{{Name: "Vary", Value: "Accept-Encoding, origin"}, {Name: "Vary", Value: "Cookie"}}},
		{Status: 404, Fields: []golden.Field{
			{Name: "Access-Control-Allow-Origin", Value: "https://evil.example"},
			{Name: "access-control-allow-credentials", Value: "true"},
			{Name: "Access-Control-Allow-Private-Network", Value: "true"},
			{Name: "Access-Control-Expose-Headers", Value: "X-Other"},
			{Name: "Vary", Value: "*"},
		}},
		{Status: 304},
		{Status: 500},
		{Status: 401},
		{Status: 302, Fields: []golden.Field{{Name: "Location", Value: "/x"}}},
		{Status: 0},
	}
	for name, s := range policies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := compiled(t, s)
			u := conformance.StartUpstream(t)
			addr := conformance.StartApache(t, p, "", u.Addr)["app"]
			e := evaluator(p)
			for i, r := range requests("/things") {
				upstream := upstreams[i%len(upstreams)]
				got, err := conformance.Send(addr, u, r, upstream)
				if err != nil {
					t.Errorf("%+v: %v", r, err)
					continue
				}
				if d := cmp.Diff(conformance.Evaluate(e, r, upstream), got); d != "" {
					t.Errorf("%+v to %+v (-want +got)\n%s", r, upstream, d)
				}
			}
		})
	}
}
