package apache_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
)

// A place is a kind of response that a virtual host may give, and what it gives
// without a policy.
type place struct {
	name   string
	config string // lines of the virtual host; %s is the upstream's address
	target string
	lines  []string // of actual requests
	want   golden.Response
	proxy  bool // the upstream is reached
	before bool // the lines must stand before the policy

	preflightsOnly bool
}

var vary = func(v string) []golden.Field { return []golden.Field{{Name: "Vary", Value: v}} }

var places = []place{
	{name: "static file", target: "/page.html", want: golden.Response{Status: 200}},
	{name: "not found", target: "/none.html", want: golden.Response{Status: 404}},
	{name: "not modified", target: "/page.html", lines: []string{"If-None-Match: *"}, want: golden.Response{Status: 304}},
	{name: "range", target: "/page.html", lines: []string{"Range: bytes=0-1"}, want: golden.Response{Status: 206}},
	{name: "bad range", target: "/page.html", lines: []string{"Range: bytes=9000-"}, want: golden.Response{Status: 416}},
	{name: "directory redirect", target: "/dir", want: golden.Response{Status: 301}},
	{name: "directory index", target: "/dir/", want: golden.Response{Status: 200}},
	{name: "fallback resource", config: "FallbackResource /page.html", target: "/none", want: golden.Response{Status: 200}},
	{name: "denied", config: "<Location /page.html>\nRequire all denied\n</Location>", target: "/page.html", want: golden.Response{Status: 403}},
	{name: "denied by file", config: "<Files page.html>\nRequire all denied\n</Files>", target: "/page.html", want: golden.Response{Status: 403}},
	{name: "denied the old way", config: "<Location />\nOrder deny,allow\nDeny from all\n</Location>", target: "/page.html", want: golden.Response{Status: 403}},
	{name: "limit except", config: "<Location />\n<LimitExcept GET POST>\nRequire all denied\n</LimitExcept>\n</Location>", target: "/page.html", want: golden.Response{Status: 200}},
	{name: "allow methods", config: "<Location />\nAllowMethods GET\n</Location>", target: "/page.html", want: golden.Response{Status: 200}},
	{name: "basic auth", config: basicAuth, target: "/page.html", want: golden.Response{Status: 401}},
	{name: "basic auth and a page for it", config: basicAuth + "ErrorDocument 401 /dir/", target: "/page.html", want: golden.Response{Status: 401}},
	{name: "a page for errors", config: "ErrorDocument 404 /page.html", target: "/none", want: golden.Response{Status: 404}},
	{name: "a text for errors", config: "ErrorDocument 404 \"not here\"", target: "/none", want: golden.Response{Status: 404}},
	{name: "a page for 403", config: "ErrorDocument 403 /page.html\n<Location /dir>\nRequire all denied\n</Location>", target: "/dir/", want: golden.Response{Status: 403}},
	{name: "a text for 403", config: "ErrorDocument 403 \"go away\"\nErrorDocument 200 \"x\"\nErrorDocument 204 \"x\"", target: "/page.html", want: golden.Response{Status: 200}},
	{name: "another site for 403", config: "ErrorDocument 403 https://example.com/", target: "/page.html", want: golden.Response{Status: 200}},
	{name: "deflate", config: "SetOutputFilter DEFLATE", target: "/page.html", lines: []string{"Accept-Encoding: gzip"}, want: golden.Response{Status: 200, Fields: vary("Accept-Encoding")}},
	{name: "CGI", config: scripts, target: "/cgi/ok", want: golden.Response{Status: 200, Fields: vary("Cookie")}},
	{name: "CGI that fails", config: scripts, target: "/cgi/teapot", want: golden.Response{Status: 418}},
	{name: "CGI that dies", config: scripts, target: "/cgi/dies", want: golden.Response{Status: 500}},
	{name: "rewritten, last", config: "RewriteEngine On\nRewriteRule ^/things$ /page.html [L]", target: "/things", want: golden.Response{Status: 200}},
	{name: "rewritten, end", config: "RewriteEngine On\nRewriteRule ^/things$ /page.html [END]", target: "/things", want: golden.Response{Status: 200}},
	{name: "rewritten, passed through", config: "RewriteEngine On\nAlias /alias %[2]s\nRewriteRule ^/things$ /alias/page.html [PT]", target: "/things", want: golden.Response{Status: 200}},
	{name: "rewritten to the upstream", config: "RewriteEngine On\nRewriteRule ^/(things)$ http://%s/$1 [P]", target: "/things", want: golden.Response{Status: 200}, proxy: true},
	{name: "rewritten in a folder", config: "<Directory %[2]s>\nRewriteEngine On\nRewriteRule ^things$ /page.html\n</Directory>", target: "/things", want: golden.Response{Status: 200}},
	{name: "redirected in a folder", config: "<Directory %[2]s>\nRewriteEngine On\nRewriteRule ^page.html$ /elsewhere [R=301]\n</Directory>", target: "/page.html", want: golden.Response{Status: 301}},
	{name: "forbidden in a folder", config: "<Directory %[2]s>\nRewriteEngine On\nRewriteRule ^ - [F]\n</Directory>", target: "/page.html", want: golden.Response{Status: 403}},
	{name: "redirected in a location", config: "<Location /things>\nRedirect 307 /elsewhere\n</Location>", target: "/things", want: golden.Response{Status: 307}},
	{name: "redirected in an If", config: "<If \"%%{REQUEST_URI} =~ m#^/things#\">\nRedirect 307 /elsewhere\n</If>", target: "/things", want: golden.Response{Status: 307}},
	{name: "redirected", config: "Redirect 301 /page.html /elsewhere", target: "/page.html", want: golden.Response{Status: 301}},
	{name: "gone", config: "Redirect gone /page.html", target: "/page.html", want: golden.Response{Status: 410}},
	{name: "rewritten, redirected", config: "RewriteEngine On\nRewriteRule ^/page /elsewhere [R=307,L]", target: "/page.html", want: golden.Response{Status: 307}},
	{name: "rewritten, forbidden", config: "RewriteEngine On\nRewriteRule ^/page - [F]", target: "/page.html", want: golden.Response{Status: 403}},
	{name: "name too long", target: "/" + strings.Repeat("a", 300), want: golden.Response{Status: 403}},
	{name: "escaped path", target: "/p%61ge.html", want: golden.Response{Status: 200}},
	{name: "headers of the place", config: "<Location />\nHeader always set Access-Control-Allow-Origin *\n</Location>", target: "/page.html", preflightsOnly: true},
	{name: "htaccess", config: "<Directory %[2]s/htaccess>\nAllowOverride All\n</Directory>", target: "/htaccess/things", want: golden.Response{Status: 200}},
	{name: "origin removed", config: "RequestHeader unset Origin", target: "/page.html", want: golden.Response{Status: 200}},
	{name: "origin removed and a page for errors", config: "RequestHeader unset Origin\nErrorDocument 404 /page.html", target: "/none", want: golden.Response{Status: 404}},
	{name: "other variables", config: otherVariables, target: "/page.html", want: golden.Response{Status: 200}},
	{name: "other CORS headers", config: "Header set Access-Control-Allow-Origin *\nHeader always set Access-Control-Allow-Origin *\nHeader always set Access-Control-Max-Age 9", target: "/page.html", want: golden.Response{Status: 200}, before: true},
	// mod_proxy stands for every module that takes the request before mod_alias sees it.
	{name: "taken early", config: early, target: "/things", want: golden.Response{Status: 200}, proxy: true},
	{name: "taken early, limit except", config: early + "<Location />\n<LimitExcept GET POST>\nRequire all denied\n</LimitExcept>\n</Location>", target: "/things", want: golden.Response{Status: 200}, proxy: true},
	{name: "taken early, allow methods", config: early + "<Location />\nAllowMethods GET\n</Location>", target: "/things", want: golden.Response{Status: 200}, proxy: true},
	{name: "taken early, denied the old way", config: early + "<Location />\nOrder deny,allow\nDeny from all\n</Location>", target: "/things", want: golden.Response{Status: 403}},
	{name: "taken early, basic auth", config: early + basicAuth, target: "/things", want: golden.Response{Status: 401}},
	{name: "proxy", config: "ProxyPass / http://%s/", target: "/things", want: golden.Response{Status: 200}, proxy: true},
	{name: "proxy in a location", config: "<Location /things>\nProxyPass http://%s/\n</Location>", target: "/things", want: golden.Response{Status: 200}, proxy: true},
	{name: "proxy by handler", config: "<Location /things>\nSetHandler proxy:http://%s/\n</Location>", target: "/things", want: golden.Response{Status: 200}, proxy: true},
	{name: "proxy behind auth", config: basicAuth + "ProxyPass / http://%s/", target: "/things", want: golden.Response{Status: 401}},
	{name: "dead upstream", config: "ProxyPass / http://127.0.0.1:1/ retry=0", target: "/things", want: golden.Response{Status: 503}},
	{name: "dead upstream and a page for errors", config: "DocumentRoot %[2]s\nProxyPass /page.html !\nProxyPass / http://127.0.0.1:1/ retry=0\nErrorDocument 503 /page.html", target: "/things", want: golden.Response{Status: 503}},
	{name: "another site for 404", config: "ErrorDocument 404 https://example.com/", target: "/none", want: golden.Response{Status: 302}},
	{name: "a script for errors", config: scripts + "ErrorDocument 404 /cgi/ok", target: "/none", want: golden.Response{Status: 404, Fields: vary("Cookie")}},
	{name: "a script for errors with a status", config: scripts + "ErrorDocument 404 /cgi/teapot", target: "/none", want: golden.Response{Status: 418}},
	{name: "no page for errors", config: "ErrorDocument 404 /none-either", target: "/none", want: golden.Response{Status: 404}},
	{name: "denied by address", config: "<Location /page.html>\nRequire ip 10.9.8.7\n</Location>", target: "/page.html", want: golden.Response{Status: 403}},
	{name: "denied by expression", config: "<Location /page.html>\nRequire expr \"%%{HTTP_HOST} == 'other'\"\n</Location>", target: "/page.html", want: golden.Response{Status: 403}},
	{name: "index elsewhere", config: "DirectoryIndex none.html /page.html", target: "/dir/", want: golden.Response{Status: 200}},
	{name: "index that is a script", config: scripts + "DirectoryIndex /cgi/ok", target: "/dir/", want: golden.Response{Status: 200, Fields: vary("Cookie")}},
	{name: "redirect to the index", config: "DirectoryIndexRedirect on", target: "/dir/", want: golden.Response{Status: 302}},
	{name: "list of files", config: "<Directory %[2]s/dir>\nDirectoryIndex disabled\nOptions +Indexes\n</Directory>", target: "/dir/", want: golden.Response{Status: 200}},
	{name: "no list of files", config: "<Directory %[2]s/dir>\nDirectoryIndex disabled\nOptions -Indexes\n</Directory>", target: "/dir/", want: golden.Response{Status: 403}},
	{name: "server-side includes", config: "<Directory %[2]s>\nOptions +Includes\nSetOutputFilter INCLUDES\n</Directory>", target: "/includes.html", want: golden.Response{Status: 200}},
	{name: "negotiated", config: "<Directory %[2]s>\nOptions +MultiViews\n</Directory>", target: "/page", want: golden.Response{Status: 200, Fields: vary("negotiate")}},
	{name: "proxy and deflate", config: "SetOutputFilter DEFLATE\nProxyPass / http://%s/", target: "/things", lines: []string{"Accept-Encoding: gzip"}, want: golden.Response{Status: 200, Fields: vary("Accept-Encoding")}, proxy: true},
	{name: "errors of the upstream overridden", config: "DocumentRoot %[2]s\nProxyPass /page.html !\nProxyPass / http://%[1]s/\nProxyErrorOverride On\nErrorDocument 404 /page.html", target: "/things", want: golden.Response{Status: 404}, proxy: true},
	{name: "errors of the upstream overridden by a text", config: "ProxyPass / http://%s/\nProxyErrorOverride On\nErrorDocument 500 oh", target: "/things", want: golden.Response{Status: 500}, proxy: true},
	{name: "balanced", config: "<Proxy balancer://b>\nBalancerMember http://%s\n</Proxy>\nProxyPass / balancer://b/", target: "/things", want: golden.Response{Status: 200}, proxy: true},
	{name: "no-proxy", config: "SetEnvIf Request_URI . no-proxy\nProxyPass / http://%s/", target: "/page.html", want: golden.Response{Status: 200}},
}

// mod_setenvif mixes up values if an expression stands between these lines and
// lines for the same attribute.
const otherVariables = `
SetEnvIf Origin "(.)" other=$1
SetEnvIfExpr "reqenv('nothing') =~ m#^(.+)$#" another=$1
SetEnvIf Origin "^https://(.)" other=$1
SetEnvIfExpr "reqenv('nothing') =~ m#^(.+)$#" another=$1
`

const early = "SetEnvIf Request_URI . !no-proxy\nProxyPass / http://%s/\n"

const basicAuth = `
<Location />
AuthType Basic
AuthName x
AuthUserFile users
Require valid-user
</Location>
`

const scripts = `
ScriptAlias /cgi/ %[2]s/cgi/
`

// Every place answers by the policy, whether its lines stand before or after it.
func TestPlaces(t *testing.T) {
	for name, s := range policies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testPlaces(t, s, places)
		})
	}
}

// Without mod_access_compat other lines let a preflight through.
func TestPlacesWithoutAccessCompat(t *testing.T) {
	t.Parallel()
	testPlaces(t, full, slices.DeleteFunc(slices.Clone(places), func(pl place) bool { return strings.Contains(pl.config, "Order") }), "access_compat")
}

func testPlaces(t *testing.T, s settings, places []place, without ...string) {
	t.Helper()
	p := compiled(t, s)
	u := conformance.StartUpstream(t)
	a := newSite(t)
	a.Modules = slices.DeleteFunc(a.Modules, func(m string) bool { return slices.Contains(without, m) })
	a.WriteFile(t, "app.vhost.conf", printed(t, p))
	for _, pl := range places {
		lines := fmt.Sprintf(pl.config+"%.0[1]s%.0[2]s", u.Addr, a.Dir+"/www")
		a.Hosts = append(a.Hosts, "DocumentRoot www\n"+lines+"\nInclude app.vhost.conf", "DocumentRoot www\nInclude app.vhost.conf\n"+lines)
	}
	addrs := a.Start(t)
	e := evaluator(p)
	for i, addr := range addrs {
		pl := places[i/2]
		if pl.before && i%2 == 1 {
			continue
		}
		for _, r := range pl.requests() {
			want := conformance.Evaluate(e, r, &pl.want)
			want.Upstream = want.Upstream && pl.proxy
			got, err := conformance.Send(addr, u, r, &pl.want)
			if err != nil {
				t.Fatalf("%s: %v", pl.name, err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s (%d): %+v (-want +got)\n%s", pl.name, i%2, r, d)
			}
		}
	}
}

func (pl place) requests() []golden.Request {
	var all []golden.Request
	for _, o := range []string{"", "https://app.example.com", "https://APP.example.com", "https://x.example.org", "https://evil.example"} {
		if !pl.preflightsOnly {
			all = append(all, conformance.Request("GET", pl.target, conformance.WithOrigin(o, pl.lines...)...))
		}
		if o != "" {
			all = append(all, conformance.Request("OPTIONS", pl.target, conformance.WithOrigin(o, preflights[1]...)...))
		}
	}
	return all
}

// A limit on request bodies does not answer in place of the policy.
func TestBodyLimit(t *testing.T) {
	t.Parallel()
	a := newSite(t)
	a.WriteFile(t, "gate.conf", printed(t, compiled(t, policies["gate"])))
	a.Hosts = []string{"DocumentRoot www\nLimitRequestBody 50\nInclude gate.conf"}
	addr := a.Start(t)[0]
	body := "Content-Length: 104\r\n\r\n" + strings.Repeat("x", 100) // and the line breaks that end the fields
	tests := []struct {
		method, origin string
		lines          []string
		want           int
	}{
		{"POST", "https://evil.example", nil, 403},
		{"POST", "https://app.example.com", nil, 413},
		{"OPTIONS", "https://evil.example", []string{"Access-Control-Request-Method: PUT"}, 403},
		{"OPTIONS", "https://app.example.com", []string{"Access-Control-Request-Method: PUT"}, 204},
	}
	for _, test := range tests {
		got := ask(t, addr, test.method, "/page.html", append(conformance.WithOrigin(test.origin, test.lines...), body)...)
		if got.status != test.want {
			t.Errorf("%s from %s: %d, want %d", test.method, test.origin, got.status, test.want)
		}
	}
}

// newSite prepares an Apache with something of everything.
func newSite(t *testing.T) *conformance.Apache {
	t.Helper()
	a := conformance.NewApache(t)
	a.Modules = append(a.Modules, "authn_core", "authn_file", "authz_user", "authz_host", "auth_basic", "filter", "deflate", "cgid", "env", "include", "negotiation", "autoindex",
		"slotmem_shm", "proxy_balancer", "lbmethod_byrequests")
	a.Global = "RegexDefaultOptions +ICASE -DOTALL -DOLLAR_ENDONLY\nScriptSock cgisock\n<Directory " + a.Dir + "/www>\nRequire all granted\n</Directory>"
	a.WriteFile(t, "www/page.html", strings.Repeat("<p>a page</p>\n", 100))
	a.WriteFile(t, "www/includes.html", "<!--#include virtual=\"/dir/index.html\" --> <!--#include virtual=\"/none\" -->\n")
	a.WriteFile(t, "www/dir/index.html", "<p>an index</p>\n")
	a.WriteFile(t, "www/htaccess/.htaccess", "RewriteEngine On\nRewriteRule ^things$ /page.html\n")
	a.WriteFile(t, "users", "")
	for name, text := range map[string]string{
		"ok":     `printf 'Access-Control-Allow-Origin: https://evil.example\nAccess-Control-Allow-Credentials: true\nVary: Cookie\nContent-Type: text/plain\n\nok\n'`,
		"teapot": `printf 'Status: 418\nAccess-Control-Allow-Origin: *\nContent-Type: text/plain\n\nno\n'`,
		"dies":   `exit 1`,
	} {
		a.WriteFile(t, "www/cgi/"+name, "#!/bin/sh\n"+text+"\n")
		if err := os.Chmod(filepath.Join(a.Dir, "www/cgi", name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// The lines of a policy do not disturb SetEnvIf lines that follow them.
func TestLaterVariables(t *testing.T) {
	t.Parallel()
	a := newSite(t)
	for _, name := range []string{"full", "any", "reflecting", "gate"} {
		a.WriteFile(t, name+".conf", printed(t, compiled(t, policies[name])))
		a.Hosts = append(a.Hosts, "Include "+name+`.conf
SetEnvIf Origin "^https://(app)" seen=$1
Header always set X-Origin "%{seen}e"
`, "Include "+name+`.conf
SetEnvIf Request_Method "^(GET)$" seen=$1
Header always set X-Method "%{seen}e"
`)
	}
	for i, addr := range a.Start(t) {
		header := ask(t, addr, "GET", "/", "Origin: https://app.example.com").header
		if got := header.Get("X-Origin") + header.Get("X-Method"); got != "app" && got != "GET" {
			t.Errorf("%d: got %q", i, got)
		}
	}
}
