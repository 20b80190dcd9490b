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

// TestCheck demands each finding, as severity, code and origin, and no other.
func TestCheck(t *testing.T) {
	tests := []struct {
		settings string
		want     []string
	}{
		{`allow_origins = ["https://app.example.com", "https://*.example.com", "https://**.example.com"]`, nil},
		{`allow_origins = ["*"]`, nil},
		{`allow_origins = ["*", "null"]`, nil},
		{`allow_origins = ["null"]`, []string{`error C107 "null"`}},

		{`allow_origins = ["https://*.vercel.app"]`, []string{`warning C113 "https://*.vercel.app"`}},
		{`allow_origins = ["https://app-*.vercel.app"]`, []string{`warning C114 "https://app-*.vercel.app"`}},
		{`allow_origins = ["https://{digits}.netlify.app"]`, []string{`warning C114 "https://{digits}.netlify.app"`}},
		{`allow_origins = ["https://*.team.vercel.app"]`, nil},
		{`allow_origins = ["https://*.vercel.app", "https://*-team.vercel.app"]
		  allow_credentials = true`, []string{`error C113 "https://*.vercel.app"`, `error C114 "https://*-team.vercel.app"`}},

		{`allow_origins = ["http://a.example.com"]`, nil},
		{`allow_origins = ["http://a.example.com", "http://*.example.com", "http://10.0.0.1", "http://intranet"]
		  allow_credentials = true`, []string{`error C203 "http://a.example.com"`, `error C203 "http://*.example.com"`, `error C203 "http://10.0.0.1"`, `error C203 "http://intranet"`}},
		{`allow_origins = ["http://localhost:*", "http://x.localhost", "http://127.0.0.1", "http://[::1]:8080", "capacitor://localhost"]
		  allow_credentials = true`, nil},

		{`allow_origins = ["https://app.example.com", "http://localhost:3000"]`, []string{`warning C205 "http://localhost:3000"`}},
		{`allow_origins = ["capacitor://localhost", "http://localhost", "http://0.0.0.0:3000", "http://192.168.1.5", "http://nas.local", "http://intranet"]`, nil},
	}
	for _, test := range tests {
		found := check(t, "policy \"app\" {\n"+test.settings+"\n}")
		if d := cmp.Diff(test.want, found); d != "" {
			t.Errorf("%s (-want +got)\n%s", test.settings, d)
		}
	}
}

func TestProduction(t *testing.T) {
	for environment, production := range map[string]bool{
		"production": true, "prod": true, "live": true, "prod_eu": true, "live-us": true, "eu_prod": true,
		"staging": false, "product": false, "delivery": false, "olive": false,
	} {
		found := check(t, fmt.Sprintf(`
environments = [%q]
policy "app" {
  allow_origins = ["http://localhost:3000"]
}`, environment))
		if (len(found) == 1 && strings.HasPrefix(found[0], "error C205")) != production {
			t.Errorf("%s: %v", environment, found)
		}
	}
}

// TestAcceptedRisks checks that an acceptance reaches its rule, its origins and
// its environment, and no further.
func TestAcceptedRisks(t *testing.T) {
	const policy = `
environments = ["dev", "staging"]
policy "app" {
  allow_origins     = ["https://app.example.com"]
  allow_credentials = true
  environment "dev" {
    allow_origins = ["null", "http://a.example.com", "http://b.example.com"]
  }
  environment "staging" {
    allow_origins = ["http://a.example.com"]
  }
  accept_risk "C203" {
    origins     = ["http://a.example.com"]
    environment = "dev"
    reason      = "r"
    owner       = "o"
    expires     = "2099-01-01"
  }
}`
	want := []string{`error C107 "null"`, `error C203 "http://b.example.com"`, `error C203 "http://a.example.com"`}
	if d := cmp.Diff(want, check(t, policy)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func check(t *testing.T, src string) []string {
	t.Helper()
	source, _, found, err := policy.LoadReader(strings.NewReader(src), "cors.hcl", policy.Options{})
	if err != nil || found.HasErrors() {
		t.Fatal(err, found)
	}
	program, found := compile.Program(source)
	if found.HasErrors() {
		t.Fatal(found)
	}
	var got []string
	for _, d := range rules.Check(source, program, time.Time{}).Findings {
		got = append(got, fmt.Sprintf("%s %s %s", d.Severity, d.Code, src[d.Range.Start.Byte:d.Range.End.Byte]))
	}
	return got
}
