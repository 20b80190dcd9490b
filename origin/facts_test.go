package origin

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/publicsuffix"
)

func mustParse(t testing.TB, s string) Pattern {
	t.Helper()
	p, err := Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestExample(t *testing.T) {
	for _, s := range accepted {
		if p := mustParse(t, s); !p.Match(p.Example()) {
			t.Errorf("%q does not match its example %q", p, p.Example())
		}
	}
	for _, test := range []struct{ in, want string }{
		{"https://app.example.com:8443", "https://app.example.com:8443"},
		{"https://**.pr-{digits}.example.com:8443", "https://x.pr-1.example.com:8443"},
		{"http://[::1]:*", "http://[::1]"},
	} {
		if got := mustParse(t, test.in).Example(); got != test.want {
			t.Errorf("example of %q: got %q, want %q", test.in, got, test.want)
		}
	}
	if got := (Pattern{}).Example(); got != "" {
		t.Errorf("example of the zero Pattern: %q", got)
	}
}

func TestLoopback(t *testing.T) {
	for _, test := range []struct {
		in   string
		want bool
	}{
		{"http://localhost", true},
		{"https://localhost:*", true},
		{"http://**.localhost:3000", true},
		{"http://pr-{digits}.app.localhost", true},
		{"http://127.0.0.1:8080", true},
		{"http://127.1.2.3:*", true},
		{"http://[::1]:*", true},
		{"http://[::ffff:7f00:1]", false},
		{"http://10.0.0.1", false},
		{"http://[::2]", false},
		{"https://localhost.example.com", false},
		{"https://mylocalhost", false},
		{"capacitor://localhost", false},
		{"null", false},
	} {
		if got := mustParse(t, test.in).Loopback(); got != test.want {
			t.Errorf("%q: got %v, want %v", test.in, got, test.want)
		}
	}
}

func TestReach(t *testing.T) {
	for _, test := range []struct {
		in     string
		want   Reach
		suffix string
	}{
		{"https://*.vercel.app", AnySite, "vercel.app"},
		{"https://**.vercel.app", AnySite, "vercel.app"},
		{"https://{digits}.github.io:*", SomeSites, "github.io"},
		{"https://*.*.github.io", AnySite, "github.io"},
		{"https://www.*.github.io", AnySite, "github.io"},
		{"https://*.compute.amazonaws.com", AnySite, "*.compute.amazonaws.com"},
		{"https://**.amazonaws.com", AnySite, "amazonaws.com"},
		{"https://*.s3.*.amazonaws.com", AnySite, "amazonaws.com"},
		{"https://*.s3.us-east-1.amazonaws.com", AnySite, "s3.us-east-1.amazonaws.com"},
		{"https://*.mybucket.s3.us-east-1.amazonaws.com", OwnSites, ""},
		{"https://*.up.railway.app", AnySite, "up.railway.app"},
		{"https://**.railway.app", AnySite, "railway.app"},
		{"https://*.*.run.app", AnySite, "*.run.app"},
		{"https://app-*.vercel.app", SomeSites, "vercel.app"},
		{"https://*-team.vercel.app", SomeSites, "vercel.app"},
		{"https://**.app-{digits}.netlify.app", SomeSites, "netlify.app"},
		{"https://*.myteam.vercel.app", OwnSites, ""},
		{"https://**.myteam.vercel.app", OwnSites, ""},
		{"https://myteam.vercel.app:*", OwnSites, ""},
		{"https://vercel.app", OwnSites, ""},
		{"https://*.surge.sh", AnySite, "surge.sh"},
		{"https://x-*.app.github.dev", SomeSites, "app.github.dev"},
		{"https://*.euw.devtunnels.ms", AnySite, "euw.devtunnels.ms"},
		{"https://app.*.devtunnels.ms", AnySite, "*.devtunnels.ms"},
		{"https://*.env-x.westeurope.azurecontainerapps.io", OwnSites, ""},
		{"https://*.mysurge.sh", OwnSites, ""},
		{"https://*.nip.io", AnySite, "nip.io"},
		{"https://*.10.0.0.1.nip.io", OwnSites, ""},
		{"https://*.z13.web.core.windows.net", AnySite, "z13.web.core.windows.net"},
		{"https://my-*.z13.web.core.windows.net", SomeSites, "z13.web.core.windows.net"},
		{"https://*.mysite.z13.web.core.windows.net", OwnSites, ""},
		{"https://*.*.cdn77.org", AnySite, "cdn77.org"},
		{"https://*.localhost", OwnSites, ""},
		{"https://*.home.arpa", OwnSites, ""},
		{"https://*.example.com", OwnSites, ""},
		{"https://pr-*.example.co.uk", OwnSites, ""},
		{"https://*.internal", OwnSites, ""},
		{"http://127.0.0.1:*", OwnSites, ""},
		{"null", OwnSites, ""},
	} {
		if got, suffix := mustParse(t, test.in).Reach(); got != test.want || suffix != test.suffix {
			t.Errorf("%q: got %v and %q, want %v and %q", test.in, got, suffix, test.want, test.suffix)
		}
	}
}

func TestPublic(t *testing.T) {
	for _, test := range []struct {
		in   string
		want bool
	}{
		{"https://example.com", true},
		{"https://**.example.com:*", true},
		{"http://203.0.113.5", true},
		{"http://[2001:db8::1]", true},
		{"https://app.corp", true}, // for all that is known
		{"https://intranet", false},
		{"http://localhost", false},
		{"http://a.localhost", false},
		{"https://*.test", false},
		{"https://nas.home.arpa", false},
		{"https://x.internal", false},
		{"https://x.local", false},
		{"https://x.lan", false},
		{"https://mylan.com", true},
		{"http://127.0.0.1", false},
		{"http://192.168.1.1", false},
		{"http://169.254.1.1", false},
		{"http://100.64.1.1", false},
		{"http://0.0.0.0", false},
		{"http://[::ffff:a00:1]", false},
		{"http://[fe80::1]", false},
		{"http://[fd00::1]", false},
		{"capacitor://example.com", false},
		{"null", false},
	} {
		if got := mustParse(t, test.in).Public(); got != test.want {
			t.Errorf("%q: got %v, want %v", test.in, got, test.want)
		}
	}
}

func TestApex(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"https://*.example.com", "https://example.com"},
		{"https://**.example.co.uk:8443", "https://example.co.uk:8443"},
		{"http://*.example.com:*", "http://example.com:*"},
		{"https://*.app.corp", "https://app.corp"},
		{"https://*.app.example.com", ""},
		{"https://*.*.example.com", ""},
		{"https://pr-*.example.com", ""},
		{"https://example.com", ""},
		{"https://*.localhost", ""},
		{"https://*.home.arpa", ""},
		{"http://127.0.0.1:*", ""},
		{"null", ""},
	} {
		apex, ok := mustParse(t, test.in).Apex()
		if apex.String() != test.want || ok != (test.want != "") {
			t.Errorf("%q: got %q, want %q", test.in, apex, test.want)
		}
		if parsed, err := Parse(test.want); ok && (err != nil || !reflect.DeepEqual(parsed, apex)) {
			t.Errorf("%q: %#v is not what Parse gives: %#v", test.in, apex, parsed)
		}
	}
}

func TestUnknownTop(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"https://*.app.corp", "corp"},
		{"https://**.x.home.example", "example"},
		{"https://app.corp", ""},
		{"https://*.example.com", ""},
		{"https://*.vercel.app", ""},
		{"https://*.x.home.arpa", ""},
		{"https://*.localhost", ""},
		{"http://127.0.0.1:*", ""},
	} {
		if got := mustParse(t, test.in).UnknownTop(); got != test.want {
			t.Errorf("%q: got %q, want %q", test.in, got, test.want)
		}
	}
}

func TestForeignCode(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"https://codepen.io", playground},
		{"https://*.codepen.io:*", playground},
		{"https://me.github.io", account},
		{"https://htmlpreview.github.io", rewriting},
		{"http://s3.amazonaws.com", bucket},
		{"https://s3.eu-west-1.amazonaws.com", bucket},
		{"https://s3-us-west-2.amazonaws.com:*", bucket},
		{"https://s3.dualstack.us-east-1.amazonaws.com", bucket},
		{"https://s3.cn-north-1.amazonaws.com.cn", bucket},
		{"https://bucket.s3.amazonaws.com", ""},
		{"https://bucket.s3.eu-west-1.amazonaws.com", ""},
		{"https://s3.amazonaws.com.example.com", ""},
		{"https://github.io", ""},
		{"https://notcodepen.io", ""},
		{"https://example.com", ""},
		{"app://codepen.io", ""},
		{"null", ""},
	} {
		if got := mustParse(t, test.in).ForeignCode(); got != test.want {
			t.Errorf("%q: got %q, want %q", test.in, got, test.want)
		}
	}
}

// TestSuffixList checks that the library still says which list it holds, and
// that names which only private networks know are no suffixes.
func TestSuffixList(t *testing.T) {
	date, revision := SuffixList()
	if _, err := time.Parse(time.DateOnly, date); err != nil || len(revision) < 7 {
		t.Errorf("the list of %q, revision %q", date, revision)
	}
	for name := range previews {
		if suffix := openSuffix("x." + name); suffix != name {
			t.Errorf("strangers get names below %q, it is said, but the suffix is %q", name, suffix)
		}
	}
	for name := range unlisted {
		name = strings.Replace(name, "*", "y", 1)
		if suffix, _ := publicsuffix.PublicSuffix("x." + name); suffix == name {
			t.Errorf("the public suffix list has %q now", suffix)
		}
	}
	for _, name := range privateNames {
		if _, err := Parse("https://*." + name); err != nil {
			t.Error(err)
		}
	}
}
