package conformance_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
)

// matrixPolicies are three policies that use everything between them, each
// attribute in more than one combination.
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
`

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

// TestMatrix sends every combination to real servers of each kind and compares
// with the reference.
func TestMatrix(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cors.hcl")
	if err := os.WriteFile(file, []byte(matrixPolicies), 0o666); err != nil {
		t.Fatal(err)
	}
	program := load(t, file)
	for name, start := range map[string]conformance.Start{
		"go": conformance.StartGo, "nginx": conformance.StartNginx, "apache": conformance.StartApache,
	} {
		t.Run(name, func(t *testing.T) {
			upstream := conformance.StartUpstream(t)
			servers := start(t, program, "", upstream.Addr)
			for i := range program.Policies {
				p := &program.Policies[i]
				evaluator := eval.New(&p.Variants[0])
				requests, answers := matrix()
				for j, r := range requests {
					want := conformance.Evaluate(evaluator, r, answers[j])
					got, err := conformance.Send(servers[p.Name], upstream, r, answers[j])
					if err != nil {
						t.Errorf("%s, %+v: %v", p.Name, r, err)
					} else if d := cmp.Diff(want, got); d != "" {
						t.Errorf("%s, %+v, upstream %+v (-reference +server)\n%s", p.Name, r, answers[j], d)
					}
				}
			}
		})
	}
}

func matrix() (requests []golden.Request, answers []*golden.Response) {
	for _, o := range matrixOrigins {
		var fields []golden.Field
		if o != "" {
			fields = []golden.Field{{Name: "Origin", Value: o}}
		}
		for _, p := range matrixPreflights {
			requests = append(requests, golden.Request{Method: "OPTIONS", Target: "/", Fields: preflightFields(fields, p)})
			answers = append(answers, &golden.Response{Status: 204})
		}
		for i, method := range []string{"GET", "POST", "GET", "DELETE", "HEAD", "GET"} {
			requests = append(requests, golden.Request{Method: method, Target: "/things?a=b", Fields: fields})
			answers = append(answers, &matrixAnswers[i])
		}
	}
	return requests, answers
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
