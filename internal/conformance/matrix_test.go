package conformance_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
	"github.com/corsgen/corsgen/ir"
)

// matrixPolicies are policies that use everything between them, each attribute in
// more than one combination, and sites that choose between them.
const matrixPolicies = `
policy "cookies" {
  allow_origins = [
    "https://app.example.com",
    "https://admin.example.com",
    "https://www.example.com:8443",
    "https://pr-{digits}.preview.example.com",
  ]
  allow_methods     = ["GET", "PUT", "DELETE"]
  allow_headers     = ["Content-Type", "X-One"]
  expose_headers    = ["X-Request-Id", "ETag"]
  allow_credentials = true
  max_age           = 600
}
policy "reflecting" {
  allow_origins     = ["https://**.example.com", "http://localhost:*", "http://[::1]:8080"]
  allow_methods     = ["*"]
  allow_headers     = ["*"]
  allow_credentials = true
  preflight_status  = 200
  origin_gate       = true
}
policy "public" {
  allow_origins  = ["*"]
  allow_methods  = ["*"]
  allow_headers  = ["*", "Authorization"]
  expose_headers = ["*"]
  max_age        = 0
}
policy "one" {
  allow_origins = ["https://app.example.com"]
}
policy "reading" {
  allow_origins  = ["*"]
  expose_headers = ["ETag", "X-100%$1"]
}
policy "wide" {
  allow_origins = [
    "null",
    "https://*.example.com",
    "https://**.{digits}.example.org:*",
    "https://pr-*-x.example.com:8443",
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    "http://127.0.0.1:*",
  ]
  allow_methods  = ["M!#$%&'*+-.^_|~", "PUT"]
  allow_headers  = ["*"]
  expose_headers = ["*"]
  origin_gate    = true
  max_age        = 86400
}
site "api" {
  route "/healthz" {
    policy = policy.reading
  }
  route "/v1/" {
    policy = policy.cookies
  }
  route "/v1/public/" {
    policy = policy.public
  }
  route "/v1/public/admin" {
    policy = policy.reflecting
  }
  route "/~me/$a.(b)+,;=/" {
    policy = policy.wide
  }
}
site "everything" {
  route "/" {
    policy = policy.one
  }
  route "/admin/" {
    policy = policy.wide
  }
  route "/admin" {
    policy = policy.public
  }
}
`

// matrixTargets are the targets of requests to a site.
var matrixTargets = []string{
	"/", "/healthz", "/healthz?a=/v1/", "/healthz/", "/Healthz", "/healthzz", "/v1", "/v1/", "/v1/things", "/V1/things", "/v1/public", "/v1/public/",
	"/v1/public/x.html", "/v1/public/admin", "/v1/public/admin/", "/v1/public/admin?", "/v1/publication/", "/v10/", "/~me/$a.(b)+,;=/x", "/~me/$aX(b)+,;=/x",
	"/admin", "/admin/", "/admin/x%20y", "/adminx", "/x/admin/", "/.well-known/", "/v1/..x/", "http://localhost/v1/public/", "/v1/a%25b", "/v1/%C3%A9",
	"//v1/", "/v1//public/admin", "/v1/./public/", "/v1/x/../public/", "/%76%31/", "/v1%2Fpublic/", "/admin/%2e%2e/v1/", "/%61dmin/",
}

// matrixOrigins are values of Origin; "" sends none.
var matrixOrigins = []string{
	"",
	"https://app.example.com",
	"https://admin.example.com",
	"https://www.example.com:8443",
	"https://www.example.com",
	"https://pr-7.preview.example.com",
	"https://pr-x.preview.example.com",
	"https://a.b.c.example.com",
	"https://example.com",
	"https://EXAMPLE.com",
	"https://app.example.com.evil.example",
	"https://evilexample.com",
	"http://localhost",
	"http://localhost:5173",
	"http://localhost:05173",
	"http://[::1]:8080",
	"null",
	"https://app.example.com,https://evil.example",
	" https://app.example.com ",
	"https://" + strings.Repeat("a.", 300) + "example.com",
	"%{HTTP_HOST}e$1\\0",
	"https://*.example.com",
	"https://example.com.",
	"https://user@app.example.com",
	"https://app.example.com/",
	"https://app.example.com:443",
	"http://app.example.com",
	"https://pr-7-x.example.com:8443",
	"https://a.b.1.example.org:65535",
	"https://1.example.org",
	"https://a.1.example.org:0",
	"chrome-extension://abcdefghijklmnopabcdefghijklmnop",
	"chrome-extension://ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOP",
	"http://127.0.0.1:9",
	"http://127x0.0.1",
	"https://" + strings.Repeat("a", 492) + ".example.com",
	"https://" + strings.Repeat("a", 493) + ".example.com",
	"*",
}

// matrixPreflights are the Access-Control-Request-Method and -Headers of
// OPTIONS requests; "" sends none.
var matrixPreflights = [][2]string{
	{"PUT", "content-type,x-one"},
	{"PROPFIND", ""},
	{"PUT, DELETE", "x one"},
	{"", "x-one"},
	{"!#$%&'*+-.^_`|~", "!#$%&'*+-.^_`|~, x"},
	{"G(T", ",x-one"},
	{"put", "X-One , CONTENT-TYPE\t,a"},
	{"DELETE", "x-one,"},
	{"é", "a;b"},
	{strings.Repeat("P", 4000), strings.Repeat("a,", 1999) + "aa"},
	{strings.Repeat("P", 4001), strings.Repeat("a,", 2000) + "a"},
}

// matrixAnswers are the upstream's answers to other requests.
var matrixAnswers = []golden.Response{
	{Status: 200, Fields: []golden.Field{{Name: "Vary", Value: "Accept-Encoding, origin"}}},
	{Status: 200, Fields: []golden.Field{
		{Name: "Access-Control-Allow-Origin", Value: "*"},
		{Name: "Access-Control-Allow-Credentials", Value: "true"},
		{Name: "Access-Control-Expose-Headers", Value: "*"},
		{Name: "access-control-allow-private-network", Value: "true"},
		{Name: "Vary", Value: "*"},
	}},
	{Status: 304, Fields: []golden.Field{{Name: "Access-Control-Allow-Origin", Value: "https://evil.example"}}},
	{Status: 404, Fields: []golden.Field{{Name: "Access-Control-Allow-Origin", Value: "*"}, {Name: "Access-Control-Max-Age", Value: "1"}}},
	{Status: 500, Fields: []golden.Field{{Name: "Access-Control-Allow-Methods", Value: "GET"}, {Name: "Vary", Value: "Accept"}}},
	{Status: 0},
}

// matrixMethods are those of requests that are no preflights: the upstream's answers
// take turns.
var matrixMethods = []string{
	"GET", "POST", "GET", "DELETE", "HEAD", "GET",
	"HEAD", "OPTIONS", "PUT", "OPTIONS", "PATCH", "POST", "OPTIONS", "HEAD", "PROPFIND", "GET", "GET", "OPTIONS",
}

// TestMatrix sends every combination to every policy and site on real servers of
// each kind, and compares with the reference.
func TestMatrix(t *testing.T) {
	program, found := compiledText(matrixPolicies)
	if found != "" {
		t.Fatal(found)
	}
	starts := map[string]conformance.Start{"go": conformance.StartGo, "nginx": conformance.StartNginx, "apache": conformance.StartApache}
	for _, kind := range conformance.NodeServers {
		starts["node, "+kind] = conformance.NodeFor(t, kind)
	}
	for name, start := range starts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			upstream := conformance.StartUpstream(t)
			addrs := start(t, program, "", upstream.Addr)
			for _, s := range servers(program) {
				all := matrix(s)
				t.Logf("%s: %d requests", s.name, len(all))
				replayMatrix(t, program, s, &conformance.Client{Addr: addrs[s.name], Upstream: upstream}, all)
			}
		})
	}
}

func replayMatrix(t *testing.T, p *ir.Program, s server, client *conformance.Client, all []golden.Exchange) {
	t.Helper()
	defer client.Close()
	for _, e := range all {
		promised := promises(p, s, e)
		got, err := client.Send(e.Request, e.Upstream)
		if err != nil || !isPromised(promised, e, got) {
			t.Errorf("%s%v (-reference +server)\n%s", exchangeText(e), err, cmp.Diff(promised[0], got))
		}
	}
}

// matrix returns the exchanges with a policy or site. A site gets fewer origins, and
// at every target.
func matrix(s server) []golden.Exchange {
	targets, origins, preflights, methods := []string{"/things?a=b"}, matrixOrigins, matrixPreflights, matrixMethods
	if s.site != nil {
		targets, origins, preflights, methods = matrixTargets, matrixOrigins[:6], matrixPreflights[:2], matrixMethods[:4]
	}
	var all []golden.Exchange
	for _, target := range targets {
		for _, o := range origins {
			var fields []golden.Field
			if o != "" {
				fields = []golden.Field{{Name: "Origin", Value: o}}
			}
			for _, asked := range preflights {
				r := golden.Request{Method: "OPTIONS", Target: target, Fields: preflightFields(fields, asked)}
				all = append(all, s.exchange(r, &golden.Response{Status: 204}))
			}
			for i, method := range methods {
				r := golden.Request{Method: method, Target: target, Fields: fields}
				all = append(all, s.exchange(r, &matrixAnswers[i%len(matrixAnswers)]))
			}
		}
	}
	return all
}

// exchange is a request to a server.
func (s server) exchange(r golden.Request, upstream *golden.Response) golden.Exchange {
	if s.site != nil {
		return golden.Exchange{Site: s.name, Request: r, Upstream: upstream}
	}
	return golden.Exchange{Policy: s.name, Request: r, Upstream: upstream}
}

func preflightFields(fields []golden.Field, asked [2]string) []golden.Field {
	fields = append([]golden.Field(nil), fields...)
	for i, name := range []string{"Access-Control-Request-Method", "Access-Control-Request-Headers"} {
		if asked[i] != "" {
			fields = append(fields, golden.Field{Name: name, Value: asked[i]})
		}
	}
	return fields
}
