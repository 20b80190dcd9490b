package rules_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/policy"
	"github.com/corsgen/corsgen/rules"
)

// settings is a policy with one origin and the lines of a test.
func settings(lines string) string {
	return "policy \"app\" {\nallow_origins = [\"https://a.example\"]\n" + lines + "\n}"
}

// TestLists demands each finding about methods and headers, as severity, code
// and place, and no other.
func TestLists(t *testing.T) {
	const age = "max_age = 600\n"
	const credentials = age + "allow_credentials = true\n"
	tests := []struct {
		settings string
		want     []string
	}{
		{credentials + `allow_headers = ["*"]`, []string{`warning C209 "*"`}},
		{credentials + `allow_methods = ["*"]`, []string{`warning C210 "*"`, `note C311 "*"`}},
		{age + `allow_methods = ["*"]
			allow_headers = ["*", "Authorization"]`, nil},

		{age + `allow_headers = ["*"]`, []string{`warning C301 "*"`}},
		{age + `allow_headers = ["authorization", "*"]`, nil},

		{age + `allow_methods = ["PUT", "DELETE"]
			allow_headers = ["Content-Type"]`, nil},
		{age + `allow_methods = ["GET"]`, []string{`note C212 ["GET"]`}},
		{age + `allow_methods = ["PROPFIND", "HEAD"]`, []string{`note C212 ["PROPFIND", "HEAD"]`}},
		{age + `allow_methods = ["GET", "POST", "OPTIONS"]
			allow_headers = ["Content-Type"]`, []string{`note C308 "OPTIONS"`}},
		{age + `allow_methods = ["PROPFIND", "options"]`, []string{`note C308 "options"`}},

		{age + `allow_headers = ["accept-language", "Content-Language", "Accept", "Content-Type", "Range"]`, []string{`note C307 "accept-language"`, `note C307 "Content-Language"`}},
		{`expose_headers = ["Cache-Control", "content-type", "ETag"]`, []string{`note C307 "Cache-Control"`, `note C307 "content-type"`}},
		{`expose_headers = ["Authorization", "x-api-key", "X-CSRF-Token", "X-Request-Id"]`, []string{`warning C217 "Authorization"`, `warning C217 "x-api-key"`}},
		{`expose_headers = ["*"]`, nil},
		{`expose_headers = ["Private-Network-Access-Name"]`, []string{`note C317 "Private-Network-Access-Name"`}},

		{age + `allow_methods = ["PATCH"]`, []string{`warning C311 "PATCH"`}},
		{age + `allow_methods = ["DELETE", "PUT"]
			allow_headers = ["Authorization"]`, []string{`warning C311 "PUT"`}},
		{age + `allow_methods = ["DELETE"]`, []string{`note C311 "DELETE"`}},
		{age + `allow_methods = ["PROPFIND"]`, nil},
		{age + `allow_methods = ["PUT"]
			allow_headers = ["content-type"]`, nil},
		{age + `allow_methods = ["PUT"]
			allow_headers = ["*", "Authorization"]`, nil},
	}
	for _, test := range tests {
		if d := cmp.Diff(test.want, check(t, settings(test.settings))); d != "" {
			t.Errorf("%s (-want +got)\n%s", test.settings, d)
		}
	}
}

// TestPreflightNotes demands the notes about credentials, the gate and max_age.
func TestPreflightNotes(t *testing.T) {
	tests := []struct {
		settings string
		want     []string
	}{
		{"", nil},
		{`allow_credentials = true`, nil},
		{`max_age = 7200
			allow_headers = ["Authorization"]
			allow_credentials = true`, []string{"note C213 true"}},
		{`max_age = 7200
			allow_headers = ["Authorization"]`, nil},
		{`origin_gate = true`, []string{"note C220 true"}},
		{`max_age = 7201`, []string{"note C314 7201"}},
		{`max_age = 0
			allow_headers = ["X-A"]`, nil},
		{`allow_headers = ["X-A"]`, []string{`note C315 "app"`}},
		{`allow_headers = []
			allow_methods = ["GET", "HEAD"]`, []string{`note C212 ["GET", "HEAD"]`}},
		{`allow_methods = ["PROPFIND"]`, []string{`note C315 "app"`}},
	}
	for _, test := range tests {
		if d := cmp.Diff(test.want, check(t, settings(test.settings))); d != "" {
			t.Errorf("%s (-want +got)\n%s", test.settings, d)
		}
	}
}

// TestInherited checks that what environments inherit is one finding, and that
// what they make of it is found too.
func TestInherited(t *testing.T) {
	const src = `
environments = ["dev", "staging", "production"]
policy "app" {
  allow_origins  = ["https://a.example"]
  allow_methods  = ["PATCH"]
  allow_headers  = ["*"]
  expose_headers = ["Authorization"]
  environment "dev" {
    description = "x"
  }
  environment "staging" {
    allow_credentials = true
  }
  environment "production" {
    allow_headers = ["X-A"]
  }
}`
	want := []string{`note C315 "app"`, `warning C311 "PATCH"`, `warning C209 "*"`, `warning C301 "*"`, `warning C217 "Authorization"`}
	if d := cmp.Diff(want, check(t, src)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestAcceptedLists checks that a risk that is not about origins is accepted as
// a whole, everywhere or in one environment.
func TestAcceptedLists(t *testing.T) {
	const accept = `accept_risk "exposes-secret" {
    ENVIRONMENT
    reason  = "r"
    owner   = "o"
    expires = "2099-01-01"
  }`
	const src = `
environments = ["dev"]
policy "app" {
  allow_origins  = ["https://a.example"]
  expose_headers = EXPOSE
  environment "dev" {
    expose_headers = ["X-Api-Key"]
  }
  ` + accept + `
}`
	tests := []struct {
		environment, expose string
		want                []string
	}{
		{"", `["Authorization"]`, nil},
		{`environment = "dev"`, `["Authorization"]`, []string{`warning C217 "Authorization"`}},
		{`environment = "dev"`, `[]`, nil},
	}
	for _, test := range tests {
		got := check(t, strings.NewReplacer("ENVIRONMENT", test.environment, "EXPOSE", test.expose).Replace(src))
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%s (-want +got)\n%s", test.environment, d)
		}
	}
}

// TestListFixes checks what the fixes write.
func TestListFixes(t *testing.T) {
	const lines = `max_age = 600
allow_methods = ["GET", "POST", "OPTIONS"]
allow_headers = ["*"]
expose_headers = ["Pragma"]`
	source, _, found, err := policy.LoadReader(strings.NewReader(settings(lines)), "cors.hcl", policy.Options{})
	if err != nil || len(found) > 0 {
		t.Fatal(err, found)
	}
	compiled, _ := compile.Program(source)
	var got []string
	for _, d := range rules.Check(source, compiled, time.Now()).Findings {
		if d.Fix.Range != d.Range {
			t.Errorf("%s: the fix is at %v, the finding at %v", d.Code, d.Fix.Range, d.Range)
		}
		got = append(got, fmt.Sprint(d.Code, " ", d.Fix.Old, " ", d.Fix.New))
	}
	want := []string{"C308 OPTIONS []", "C301 * [* Authorization]", "C307 Pragma []"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}
