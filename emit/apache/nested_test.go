package apache_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
)

// Of places inside each other the one that stands last decides, whatever the others
// say, but for the gate of another one, and Vary, which may say more.
func TestNestedPlaces(t *testing.T) {
	t.Parallel()
	outer := map[string]settings{
		"full":       {origins: []string{"https://evil.example"}, methods: []string{"X"}, headers: []string{"X"}, expose: []string{"X"}, credentials: true, maxAge: 5, status: 200},
		"any":        {origins: []string{"*"}, expose: []string{"X"}, maxAge: 5, status: 200},
		"gate":       {origins: []string{"https://evil.example"}, maxAge: -1, status: 204, gate: true},
		"reflecting": {origins: []string{"https://evil.example"}, methods: []string{"*"}, headers: []string{"*"}, credentials: true, maxAge: -1, status: 204},
	}
	a := newSite(t)
	for name, s := range outer {
		a.WriteFile(t, "outer-"+name+".conf", printedFor(t, compiled(t, s), "location"))
	}
	type combination struct{ outer, inner string }
	var all []combination
	for name, s := range policies {
		file := strings.ReplaceAll(name, " ", "-")
		a.WriteFile(t, "inner-"+file+".conf", printedFor(t, compiled(t, s), "location"))
		for o := range outer {
			all = append(all, combination{o, name})
			a.Hosts = append(a.Hosts, fmt.Sprintf("DocumentRoot www\n<Location />\nInclude outer-%s.conf\n</Location>\n<Location /dir/>\nInclude inner-%s.conf\n</Location>", o, file))
		}
	}
	u := conformance.StartUpstream(t)
	for i, addr := range a.Start(t) {
		c := all[i]
		e := evaluator(compiled(t, policies[c.inner]))
		for _, pl := range []place{{target: "/dir/none", want: golden.Response{Status: 404}}, {target: "/dir/", want: golden.Response{Status: 200}}} {
			for _, r := range pl.requests() {
				want := conformance.Evaluate(e, r, &pl.want)
				want.Upstream = false
				got, err := conformance.Send(addr, u, r, nil)
				if c.outer == "gate" && got.Status == 403 && r.Method == "GET" {
					want.Status, want.CORS = 403, nil // it keeps strangers out of the inner place too
				}
				got.Vary = slices.DeleteFunc(got.Vary, func(member string) bool { return member == "origin" && !slices.Contains(want.Vary, member) })
				if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || d != "" {
					t.Errorf("%v: %+v %v (-want +got)\n%s", c, r, err, d)
				}
			}
		}
	}
}

// Of folders inside each other the innermost one decides.
func TestNestedFolders(t *testing.T) {
	t.Parallel()
	other := settings{origins: []string{"https://evil.example"}, methods: []string{"*"}, headers: []string{"*"}, credentials: true, maxAge: 5, status: 200}
	a := newSite(t)
	a.WriteFile(t, "www/.htaccess", printedFor(t, compiled(t, other), "htaccess"))
	a.WriteFile(t, "www/dir/.htaccess", printedFor(t, compiled(t, full), "htaccess"))
	a.Hosts = []string{"DocumentRoot www\n<Directory " + a.Dir + "/www>\nAllowOverride FileInfo\n</Directory>"}
	demandFull(t, a.Start(t)[0])
}

// A policy in a place decides there, and not that of the virtual host.
func TestPlaceInVirtualHost(t *testing.T) {
	t.Parallel()
	other := settings{origins: []string{"https://evil.example"}, methods: []string{"*"}, headers: []string{"*"}, expose: []string{"X"}, credentials: true, maxAge: 5, status: 200}
	a := newSite(t)
	a.WriteFile(t, "other.vhost.conf", printed(t, compiled(t, other)))
	a.WriteFile(t, "app.location.conf", printedFor(t, compiled(t, full), "location"))
	const include, inside = "Include other.vhost.conf\n", "<Location /dir/>\nInclude app.location.conf\n</Location>\n"
	a.Hosts = []string{"DocumentRoot www\n" + include + inside, "DocumentRoot www\n" + inside + include}
	for _, addr := range a.Start(t) {
		demandFull(t, addr)
	}
}

// demandFull demands the answers of the policy full for a folder.
func demandFull(t *testing.T, addr string) {
	t.Helper()
	u, e := conformance.StartUpstream(t), evaluator(compiled(t, full))
	dir := place{target: "/dir/", want: golden.Response{Status: 200}}
	for _, r := range dir.requests() {
		want := conformance.Evaluate(e, r, &dir.want)
		want.Upstream = false
		if got, err := conformance.Send(addr, u, r, nil); err != nil || !cmp.Equal(want, got, cmpopts.EquateEmpty()) {
			t.Errorf("%+v: %v (-want +got)\n%s", r, err, cmp.Diff(want, got))
		}
	}
}
