package origin

import "testing"

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
