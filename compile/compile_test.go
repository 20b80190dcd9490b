package compile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/policy"
)

// program compiles HCL that the language accepts.
func program(t *testing.T, src string) (*ir.Program, diag.List) {
	t.Helper()
	p, _, found, err := policy.LoadReader(strings.NewReader(src), "cors.hcl", policy.Options{})
	if err != nil || found.HasErrors() {
		t.Fatal(err, found)
	}
	return compile.Program(p)
}

// TestFindings demands each finding at the exact element.
func TestFindings(t *testing.T) {
	long := strings.Repeat("x", 3999)
	tests := []struct {
		attributes string
		want       []string // severity, code, column of the line after "policy"
	}{
		{`allow_origins = ["https://a.example"]`, nil},
		{`allow_origins = []`, []string{"error C122 2:17"}},
		{`allow_origins = ["*", "https://a.example"]`, nil},
		{`allow_origins = ["https://a.example", "*"], allow_credentials = true`, []string{"error C201 2:39"}},
		{`allow_origins = ["*"], origin_gate = true`, []string{"error C219 3:15"}},
		{`allow_origins = ["*"], origin_gate = false`, nil},

		{`allow_origins = ["https://a.example"], allow_methods = ["*"]`, nil},
		{`allow_origins = ["https://a.example"], allow_methods = ["*", "PUT"]`, []string{"error C302 3:18"}},
		{`allow_origins = ["https://a.example"], allow_methods = ["CONNECT", "trace", "Track"]`, []string{"error C303 3:18", "error C303 3:29", "error C303 3:38"}},
		{`allow_origins = ["https://a.example"], allow_methods = ["patch", "Patch", "PATCH"]`, []string{"error C309 3:18", "error C309 3:27"}},
		{`allow_origins = ["https://a.example"], allow_methods = ["put", "Get"]`, []string{"warning C309 3:18", "warning C309 3:25"}},
		{`allow_origins = ["https://a.example"], allow_methods = ["PROPFIND", "custom"]`, nil},
		{`allow_origins = ["https://a.example"], allow_methods = ["", "P T", "GET,PUT", "PÜT"]`, []string{"error C310 3:18", "error C310 3:22", "error C310 3:29", "error C310 3:40"}},
		{`allow_origins = ["https://a.example"], allow_methods = ["` + long + `"]`, nil},
		{`allow_origins = ["https://a.example"], allow_methods = ["` + long + `", "PUT"]`, []string{"error C318 3:17"}},

		{`allow_origins = ["https://a.example"], allow_headers = ["*"]`, nil},
		{`allow_origins = ["https://a.example"], allow_headers = ["authorization", "*"]`, nil},
		{`allow_origins = ["https://a.example"], allow_headers = ["*", "Authorization", "X"]`, []string{"error C302 3:18"}},
		{`allow_origins = ["https://a.example"], allow_headers = ["*", "Authorization"], allow_credentials = true`, []string{"error C302 3:18"}},
		{`allow_origins = ["https://a.example"], allow_headers = ["Cookie", "sec-fetch-mode", "Proxy-X", "HOST"]`, []string{"error C304 3:18", "error C304 3:28", "error C304 3:46", "error C304 3:57"}},
		{`allow_origins = ["https://a.example"], allow_headers = ["Access-Control-Allow-Origin", "access-control-request-method"]`, []string{"error C305 3:18", "error C305 3:49"}},
		{`allow_origins = ["https://a.example"], allow_headers = ["X-A: b", "X-Ä"]`, []string{"error C310 3:18", "error C310 3:28"}},
		{`allow_origins = ["https://a.example"], allow_headers = ["` + long + `", "x"]`, []string{"error C318 3:17"}},

		{`allow_origins = ["https://a.example"], expose_headers = ["*"]`, nil},
		{`allow_origins = ["https://a.example"], expose_headers = ["*", "ETag"]`, []string{"error C302 3:19"}},
		{`allow_origins = ["https://a.example"], expose_headers = ["*"], allow_credentials = true`, []string{"error C302 3:19"}},
		{`allow_origins = ["https://a.example"], expose_headers = ["set-cookie", "Set-Cookie2"]`, []string{"error C306 3:19", "error C306 3:33"}},
		{`allow_origins = ["https://a.example"], expose_headers = ["Access-Control-Max-Age"]`, []string{"error C305 3:19"}},
		{`allow_origins = ["https://a.example"], expose_headers = ["E Tag"]`, []string{"error C310 3:19"}},

		{`allow_origins = ["https://a.example"], max_age = 86400`, nil},
		{`allow_origins = ["https://a.example"], max_age = 86401`, []string{"error C313 3:11"}},
		{`allow_origins = ["https://a.example"], max_age = -1`, []string{"error C313 3:11"}},
		{`allow_origins = ["https://a.example"], preflight_status = 200`, nil},
		{`allow_origins = ["https://a.example"], preflight_status = 299`, []string{"error C316 3:20"}},
	}
	for _, test := range tests {
		src := "policy \"app\" {\n" + strings.ReplaceAll(test.attributes, "], ", "]\n") + "\n}\n"
		_, found := program(t, src)
		var got []string
		for _, d := range found {
			got = append(got, fmt.Sprintf("%s %s %d:%d", d.Severity, d.Code, d.Range.Start.Line, d.Range.Start.Column))
			if d.Summary == "" || d.Detail == "" || !strings.HasSuffix(d.Detail, ".") {
				t.Errorf("%s does not say what to do: %+v", d.Code, d)
			}
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%.120s (-want +got)\n%s", src, d)
		}
	}
}

func TestEnvironmentFindings(t *testing.T) {
	_, found := program(t, `
environments = ["dev", "prod"]
policy "app" {
  allow_origins     = ["https://a.example"]
  allow_methods     = ["TRACE"]
  allow_credentials = true
  environment "dev" {
    allow_origins = []
  }
  environment "prod" {
    allow_origins = ["*"]
  }
}`)
	var got []string
	for _, d := range found {
		got = append(got, fmt.Sprintf("%s %d", d.Code, d.Range.Start.Line))
	}
	// What is inherited is reported once.
	if d := cmp.Diff([]string{"C303 5", "C607 8", "C201 11"}, got); d != "" {
		t.Error(d)
	}
}

func TestNamesThatCollideInGo(t *testing.T) {
	_, found := program(t, `
policy "app_2" {
  allow_origins = ["*"]
}
policy "app2" {
  allow_origins = ["*"]
}`)
	if len(found) != 1 || found[0].Code != "C006" || found[0].Range.Start.Line != 5 || len(found[0].Related) != 1 {
		t.Errorf("got %+v", found)
	}
}

// TestSites checks that routes are in the order in which they are tried, with
// their policies.
func TestSites(t *testing.T) {
	p, found := program(t, `
policy "app" {
  allow_origins = ["https://a.example"]
}
policy "public" {
  allow_origins = ["*"]
}
site "api" {
  route "/v1/" {
    policy = policy.app
  }
  route "/b/" {
    policy = policy.public
  }
  route "/v1/public/" {
    policy = policy.public
  }
  route "/a/" {
    policy = policy.app
  }
}`)
	if len(found) > 0 || len(p.Sites) != 1 || p.Sites[0].Name != "api" || p.Sites[0].Src.Start.Line != 8 {
		t.Fatal(found, p.Sites)
	}
	var got []string
	for _, r := range p.Sites[0].Routes {
		got = append(got, fmt.Sprintf("%s %s %d", r.Path, p.Policies[r.Policy].Name, r.Src.Start.Line))
	}
	if d := cmp.Diff([]string{"/v1/public/ public 15", "/v1/ app 9", "/a/ app 18", "/b/ public 12"}, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	for _, want := range []string{"\nsite api\n", "subtree /v1/public/\n    policy public\n"} {
		if !strings.Contains(p.String(), want) {
			t.Errorf("the plan does not say %q:\n%s", want, p)
		}
	}
}

func TestSiteThatCollidesInGo(t *testing.T) {
	_, found := program(t, `
policy "app_2" {
  allow_origins = ["*"]
}
site "app2" {
  route "/" {
    policy = policy.app_2
  }
}`)
	if len(found) != 1 || found[0].Code != "C006" || found[0].Range.Start.Line != 5 || len(found[0].Related) != 1 {
		t.Errorf("got %+v", found)
	}
}

// TestOriginsAreReduced checks that what another entry covers is dropped, and
// that any origin absorbs all.
func TestOriginsAreReduced(t *testing.T) {
	tests := []struct {
		origins string
		want    []string // nil: any
	}{
		{`["https://b.example", "https://a.example", "https://b.example"]`, []string{"https://b.example", "https://a.example"}},
		{`["https://x.a.example", "https://*.a.example", "https://**.a.example"]`, []string{"https://**.a.example"}},
		{`["https://a.example", "*"]`, nil},
	}
	for _, test := range tests {
		p, found := program(t, "policy \"app\" {\n  allow_origins = "+test.origins+"\n}")
		if found.HasErrors() {
			t.Fatal(found)
		}
		origins := p.Policies[0].Variants[0].Origins
		var got []string
		for _, o := range origins.Patterns {
			got = append(got, o.String())
		}
		if d := cmp.Diff(test.want, got); d != "" || origins.Any != (test.want == nil) {
			t.Errorf("%s: any %v (-want +got)\n%s", test.origins, origins.Any, d)
		}
	}
}
