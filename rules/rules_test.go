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
		{`allow_origins = ["https://app.example.com", "https://*.preview.example.com", "https://pr-{digits}.example.com"]`, nil},
		{`allow_origins = ["*"]`, nil},
		{`allow_origins = ["null"]`, []string{`error C107 "null"`}},

		{`allow_origins = ["*", "null", "https://app.example.com"]`, []string{`warning C111 "null"`, `warning C111 "https://app.example.com"`}},
		{`allow_origins = ["https://a.example.com", "*", "*"]`, []string{`warning C111 "https://a.example.com"`, `warning C125 "*"`}},
		{`allow_origins = ["https://a.b.example.com", "https://*.b.example.com"]`, []string{`warning C111 "https://a.b.example.com"`}},
		{`allow_origins = ["http://localhost:3000", "http://localhost:*"]`, []string{`warning C111 "http://localhost:3000"`}},
		{`allow_origins = ["https://a.example.com", "https://b.example.com", "https://a.example.com"]`, []string{`warning C125 "https://a.example.com"`}},
		{`allow_origins = ["https://a.example.com", "http://localhost", "https://a.example.com:8443", "https://pr-*.example.com"]`, []string{`warning C205 "http://localhost"`}},
		{`allow_origins = concat(["https://a.example.com"], [for h in ["b", "a"] : "https://${h}.example.com"])`, []string{`warning C125 "a"`}},

		{`allow_origins = ["https://*.vercel.app"]`, []string{`warning C113 "https://*.vercel.app"`}},
		{`allow_origins = ["https://*.surge.sh", "https://**.gitpod.io"]`, []string{`warning C113 "https://*.surge.sh"`, `warning C113 "https://**.gitpod.io"`}},
		{`allow_origins = ["https://app-*.vercel.app"]`, []string{`warning C114 "https://app-*.vercel.app"`}},
		{`allow_origins = ["https://{digits}.netlify.app"]`, []string{`warning C114 "https://{digits}.netlify.app"`}},
		{`allow_origins = ["https://*.team.vercel.app", "https://team.vercel.app", "https://*.site.pages.dev"]`, nil},
		{`allow_origins = ["https://*.vercel.app", "https://*-team.netlify.app"]
		  allow_credentials = true`, []string{`error C113 "https://*.vercel.app"`, `error C114 "https://*-team.netlify.app"`}},

		{`allow_origins = ["https://*.example.com"]`, []string{`note C116 "https://*.example.com"`}},
		{`allow_origins = ["https://**.example.co.uk:8443", "https://example.co.uk"]`, []string{`note C116 "https://**.example.co.uk:8443"`}},
		{`allow_origins = ["https://*.example.com", "https://example.com"]`, nil},
		{`allow_origins = ["https://*.example.com", "https://example.com:*"]`, []string{`warning C118 "https://example.com:*"`}},
		{`allow_origins = ["http://*.localhost", "https://*.internal", "https://*.lan", "https://pr-*.example.com", "https://*.*.example.com"]`, []string{`warning C205 "http://*.localhost"`}},

		{`allow_origins = ["https://app.example.com:*"]`, []string{`warning C118 "https://app.example.com:*"`}},
		{`allow_origins = ["https://203.0.113.5:*", "https://[2001:db8::1]:*"]`, []string{`warning C118 "https://203.0.113.5:*"`, `warning C118 "https://[2001:db8::1]:*"`}},
		{`allow_origins = ["https://10.0.0.1:*", "https://100.64.0.1:*", "https://[fd00::1]:*", "https://intranet:*", "https://nas.home.arpa:*", "http://localhost:*"]`, nil},

		{`allow_origins = ["https://codepen.io", "https://cdpn.io", "https://me.github.io", "https://storage.googleapis.com"]`, []string{
			`warning C120 "https://codepen.io"`, `warning C120 "https://cdpn.io"`, `warning C120 "https://me.github.io"`, `warning C120 "https://storage.googleapis.com"`,
		}},
		{`allow_origins = ["https://github.io", "https://github.com", "https://mycodepen.io", "https://codepen.io.example.com", "https://bucket.storage.googleapis.com"]`, nil},

		{`allow_origins = ["capacitor://localhost", "chrome-extension://abcdefghijklmnopabcdefghijklmnop"]`, []string{
			`warning C123 "capacitor://localhost"`, `warning C123 "chrome-extension://abcdefghijklmnopabcdefghijklmnop"`,
		}},

		{`allow_origins = ["https://*.app.corp", "https://**.x.corp"]`, []string{`note C116 "https://*.app.corp"`, `warning C126 "https://*.app.corp"`, `note C116 "https://**.x.corp"`, `warning C126 "https://**.x.corp"`}},
		{`allow_origins = ["https://app.corp", "https://intranet", "https://*.local", "https://**.test", "https://*.home.arpa", "https://**.a.internal"]`, nil},

		{`allow_origins = ["http://a.example.com", "http://10.0.0.1", "http://intranet", "http://nas.local", "http://0.0.0.0:3000"]`, []string{
			`warning C204 "http://a.example.com"`, `warning C204 "http://10.0.0.1"`, `warning C204 "http://intranet"`, `warning C204 "http://nas.local"`, `warning C204 "http://0.0.0.0:3000"`,
		}},
		{`allow_origins = ["http://a.example.com", "http://*.b.example.com", "http://10.0.0.1", "http://intranet"]
		  allow_credentials = true`, []string{`error C203 "http://a.example.com"`, `error C203 "http://*.b.example.com"`, `error C203 "http://10.0.0.1"`, `error C203 "http://intranet"`}},
		{`allow_origins = ["http://localhost:*", "http://x.localhost", "http://127.0.0.1", "http://[::1]:8080"]
		  allow_credentials = true`, nil},

		{`allow_origins = ["https://app.example.com", "http://localhost:3000"]`, []string{`warning C205 "http://localhost:3000"`}},
		{`allow_origins = ["http://localhost", "https://192.168.1.5", "https://nas.local", "https://intranet"]`, nil},

		{`allow_origins = ["https://**.example.com", "https://example.com"]
		  allow_credentials = true`, []string{`warning C207 "https://**.example.com"`}},
		{`allow_origins = ["https://**.example.com", "https://example.com"]`, nil},
		{`allow_origins = ["http://**.localhost:*", "https://*.example.com", "https://example.com"]
		  allow_credentials = true`, []string{`warning C205 "http://**.localhost:*"`}},
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
