package apache_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/internal/conformance"
)

// A file that is included where it would not work, or without a module that it
// needs, stops Apache with a message that says what is wrong.
func TestWrongInclusion(t *testing.T) {
	t.Parallel()
	const include = "Include app.conf\n"
	tests := []inclusion{
		{name: "virtual host", host: include},
		{name: "beside other lines", host: "DocumentRoot www\n" + include + "<Location />\nRequire all granted\n</Location>\n"},
		{name: "location", host: "<Location />\n" + include + "</Location>", want: "ServerAlias not allowed in <Location>"},
		{name: "directory", host: "<Directory />\n" + include + "</Directory>", want: "ServerAlias not allowed in <Directory>"},
		{name: "files", host: "<Files x>\n" + include + "</Files>", want: "ServerAlias not allowed in <Files>"},
		{name: "if", host: "<If true>\n" + include + "</If>", want: "ServerAlias not allowed in <If>"},
		{name: "proxy", host: "<Proxy *>\n" + include + "</Proxy>", want: "ServerAlias not allowed in <Proxy>"},
		{name: "main server", global: include, want: "ServerAlias only used in <VirtualHost>"},
		{name: "no mod_headers", host: include, without: []string{"headers"}, want: "the CORS policy app needs mod_headers (a2enmod headers)"},
		{name: "no mod_setenvif", host: include, without: []string{"setenvif"}, want: "the CORS policy app needs mod_setenvif (a2enmod setenvif)"},
		{name: "no mod_alias", host: include, without: []string{"alias"}, want: "the CORS policy app needs mod_alias (a2enmod alias)"},
		{name: "no optional module", host: include, without: []string{"access_compat", "allowmethods", "rewrite", "proxy_http", "proxy", "authz_core"}},
	}
	for _, policy := range []string{"full", "any", "gate"} {
		content := printed(t, compiled(t, policies[policy]))
		for _, tt := range tests {
			checkInclusion(t, content, tt)
		}
	}
	site := printedSite(t, sited(t, routes))
	for _, tt := range tests {
		tt.want = strings.ReplaceAll(tt.want, "CORS policy app", "CORS site api")
		checkInclusion(t, site, tt)
	}
}

// inclusion is a way to include the file app.conf, and what Apache says of it.
type inclusion struct {
	name, host, global string
	without            []string
	want               string // "": it is right
}

func checkInclusion(t *testing.T, content string, i inclusion) {
	t.Helper()
	a := conformance.NewApache(t)
	a.WriteFile(t, "app.conf", content)
	a.Hosts, a.Global = []string{i.host}, i.global
	a.Modules = slices.DeleteFunc(a.Modules, func(m string) bool { return slices.Contains(i.without, m) })
	output, ok := a.Check(t)
	if ok != (i.want == "") || !strings.Contains(output, i.want) {
		t.Errorf("%s: Apache would start: %t\n%s", i.name, ok, output)
	}
}

// The file for a <Location> is an error where it would be for a whole server.
func TestWrongInclusionOfLocation(t *testing.T) {
	t.Parallel()
	const include = "Include app.conf\n"
	tests := []inclusion{
		{name: "location", host: "<Location /v1/>\n" + include + "</Location>"},
		{name: "locations", host: "<LocationMatch ^/v1/>\n" + include + "</LocationMatch>\n<Location /x>\n" + include + "</Location>"},
		{name: "directory", host: "<Directory />\n" + include + "</Directory>"},
		{name: "files", host: "<Files x>\n" + include + "</Files>"},
		{name: "virtual host", host: include, want: "<Limit not allowed in <VirtualHost> context"},
		{name: "main server", global: include, want: "<Limit not allowed here"},
		{name: "no mod_headers", host: "<Location />\n" + include + "</Location>", without: []string{"headers"}, want: "the CORS policy app needs mod_headers (a2enmod headers)"},
		{name: "no mod_alias", host: "<Location />\n" + include + "</Location>", without: []string{"alias"}, want: "the CORS policy app needs mod_alias (a2enmod alias)"},
		{name: "no optional module", host: "<Location />\n" + include + "</Location>", without: []string{"access_compat", "allowmethods", "rewrite", "proxy_http", "proxy", "authz_core"}},
	}
	for _, policy := range []string{"full", "any", "gate", "reflecting"} {
		content := printedFor(t, compiled(t, policies[policy]), "location")
		for _, tt := range tests {
			checkInclusion(t, content, tt)
		}
	}
}

// Two policies in a virtual host, or one of them twice, refuse every request that
// has an Origin, and say why. Apache has no way to notice when it reads them.
func TestTwoPolicies(t *testing.T) {
	t.Parallel()
	a := newSite(t)
	for _, name := range []string{"full", "any", "gate"} {
		p := compiled(t, policies[name])
		p.Policies[0].Name = name
		a.WriteFile(t, name+".conf", printed(t, p))
	}
	a.WriteFile(t, "api.conf", printedSite(t, sited(t, routes)))
	pairs := [][2]string{{"full", "any"}, {"any", "full"}, {"gate", "full"}, {"full", "full"}, {"any", "any"}, {"api", "any"}, {"gate", "api"}, {"api", "api"}}
	for _, pair := range pairs {
		a.Hosts = append(a.Hosts, "DocumentRoot www\nInclude "+pair[0]+".conf\nErrorDocument 500 /page.html\nInclude "+pair[1]+".conf")
	}
	for i, addr := range a.Start(t) {
		for _, target := range []string{"/page.html", "/none", "/v1/x"} {
			for _, o := range []string{"https://app.example.com", "https://evil.example"} {
				for _, r := range []reply{ask(t, addr, "GET", target, "Origin: "+o), ask(t, addr, "OPTIONS", target, conformance.WithOrigin(o, preflights[0]...)...)} {
					if r.status != 500 || r.header.Get("Access-Control-Allow-Origin") != "" || !strings.Contains(r.body, "two CORS policies") {
						t.Errorf("%v: %s from %s: %+v", pairs[i], target, o, r)
					}
				}
			}
		}
		if r := ask(t, addr, "GET", "/page.html"); r.status != 200 {
			t.Errorf("%v: a request without an Origin got %d", pairs[i], r.status)
		}
	}
}

// In an .htaccess file the policy stops every request rather than being applied
// in part.
func TestHtaccess(t *testing.T) {
	t.Parallel()
	a := newSite(t)
	a.WriteFile(t, "www/dir/.htaccess", printed(t, compiled(t, full)))
	a.Hosts = []string{"DocumentRoot www\n<Directory " + a.Dir + "/www>\nAllowOverride All\n</Directory>"}
	addr := a.Start(t)[0]
	if got := ask(t, addr, "GET", "/dir/", "Origin: https://app.example.com"); got.status != 500 || got.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("got %+v, want 500 without CORS headers", got)
	}
}

// Request headers with the names of our variables decide nothing.
func TestSpoofing(t *testing.T) {
	t.Parallel()
	var spoofed []string
	for _, name := range []string{"origin", "allowed", "actual", "refused", "preflight", "method", "headers", "empty"} {
		for _, prefix := range []string{"", "REDIRECT_", "HTTP_"} {
			spoofed = append(spoofed, prefix+"corsgen_app_"+name+": https://evil.example")
		}
	}
	spoofed = append(spoofed, "Request_Method: OPTIONS", "REQUEST_METHOD: OPTIONS", "env: x", "REDIRECT_Origin: https://app.example.com", "no-proxy: 1")
	for name, s := range policies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := compiled(t, s)
			u := conformance.StartUpstream(t)
			addr := conformance.StartApache(t, p, "", u.Addr)["app"]
			e := evaluator(p)
			for _, o := range []string{"", "https://app.example.com", "https://evil.example"} {
				for _, method := range []string{"GET", "OPTIONS"} {
					for _, lines := range [][]string{nil, preflights[0]} {
						r := conformance.Request(method, "/things", append(conformance.WithOrigin(o, lines...), spoofed...)...)
						got, err := conformance.Send(addr, u, r, nil)
						if err != nil {
							t.Fatal(err)
						}
						if d := cmp.Diff(conformance.Evaluate(e, r, nil), got); d != "" {
							t.Errorf("%s from %q (-want +got)\n%s", method, o, d)
						}
					}
				}
			}
		})
	}
}

// What the server answers by itself has the body that the semantics promise.
func TestBodies(t *testing.T) {
	t.Parallel()
	const (
		app       = "Origin: https://app.example.com"
		evil      = "Origin: https://evil.example"
		preflight = "Access-Control-Request-Method: PUT"
	)
	a := newSite(t)
	for _, name := range []string{"full", "reflecting", "gate"} {
		a.WriteFile(t, name+".conf", printed(t, compiled(t, policies[name])))
		for _, document := range []string{`ErrorDocument 403 "mine"`, "ErrorDocument 403 /page.html", "ErrorDocument 403 https://example.com/", `ErrorDocument 200 "mine"`} {
			a.Hosts = append(a.Hosts, "DocumentRoot www\nInclude "+name+".conf\n"+document)
		}
	}
	for i, addr := range a.Start(t) {
		if got := ask(t, addr, "OPTIONS", "/page.html", app, preflight); got.body != "" || got.status >= 300 {
			t.Errorf("%d: an allowed preflight got %+v", i, got)
		}
		if got := ask(t, addr, "OPTIONS", "/page.html", evil, preflight); got.status != 403 || !strings.Contains(got.body, "403 Forbidden") {
			t.Errorf("%d: a refused preflight got %+v", i, got)
		}
		if i < 8 {
			continue
		}
		if got := ask(t, addr, "GET", "/page.html", evil); got.status != 403 || !strings.Contains(got.body, "403 Forbidden") {
			t.Errorf("%d: the gate answered %+v", i, got)
		}
	}
}

// Requests that Apache answers before any policy never get a CORS header.
func TestOutOfReach(t *testing.T) {
	t.Parallel()
	const app = "Origin: https://app.example.com"
	a := newSite(t)
	for _, name := range []string{"full", "any"} {
		a.WriteFile(t, name+".conf", printed(t, compiled(t, policies[name])))
		a.Hosts = append(a.Hosts, "DocumentRoot www\nInclude "+name+".conf")
	}
	for _, addr := range a.Start(t) {
		for _, got := range []reply{
			ask(t, addr, "OPTIONS", "*", app, "Access-Control-Request-Method: PUT"),
			ask(t, addr, "TRACE", "/page.html", app),
			ask(t, addr, "GET", "/page.html", app, "X: "+strings.Repeat("x", 9000)),
			ask(t, addr, "GET", "/"+strings.Repeat("x", 9000), app),
			ask(t, addr, "GET", "/page.html", app, "X Y: z"),
			ask(t, addr, "OPTIONS", "/page%2Fhtml", app, "Access-Control-Request-Method: PUT"),
			ask(t, addr, "OPTIONS", "/page%zz", app, "Access-Control-Request-Method: PUT"),
		} {
			for name := range got.header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s in %+v", name, got)
				}
			}
		}
	}
}
