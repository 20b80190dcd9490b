package apache_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/apache"
	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
	"github.com/corsgen/corsgen/ir"
)

// sited returns a program of the policies full, any, gate and reflecting, and of
// a site, api, that has them by path.
func sited(t *testing.T, routes map[string]string) *ir.Program {
	t.Helper()
	names := []string{"full", "any", "gate", "reflecting"}
	p := &ir.Program{Sources: []string{"cors.hcl"}, Sites: []ir.Site{{Name: "api"}}}
	for _, name := range names {
		one := compiled(t, policies[name]).Policies[0]
		one.Name = name
		p.Policies = append(p.Policies, one)
	}
	for _, path := range slices.Sorted(maps.Keys(routes)) {
		p.Sites[0].Routes = append(p.Sites[0].Routes, ir.Route{Path: path, Policy: slices.Index(names, routes[path])})
	}
	ir.SortRoutes(p.Sites[0].Routes)
	return p
}

// printedSite returns the file of the site.
func printedSite(t *testing.T, p *ir.Program) string {
	t.Helper()
	files, diags := apache.Emit(p, emit.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return string(files[len(files)-1].Content)
}

// routed returns the reference for a target: nil where the site has no policy, or
// Apache has none for it.
func routed(p *ir.Program, target string) *eval.Evaluator {
	path, _, _ := strings.Cut(target, "?")
	decoded, _ := url.PathUnescape(path)
	r := eval.Route(&p.Sites[0], target)
	if r == nil || strings.Contains(decoded+"/", "/../") {
		return nil
	}
	return eval.New(&p.Policies[r.Policy].Variants[0])
}

// segments are parts of paths, some of which servers read in their own ways.
var segments = []string{
	"v1", "v1", "v1", "public", "public", "admin", "healthz", "x", "V1", "v10", "%76%31", "~me", "%7Eme", "%7eme", "-._~!$&'()+,;=", "%75",
	"", "", ".", ".", "..", "%2e", "%2E%2e", ".%2e", "...", "..;", ".x", "v1%2Fpublic", "%2f", "%2F..", "..%2f", "%252f", "%5c", "\\",
	"a%20b", "x%0a", "healthz%0a", "%0a", "%00", "%23", "%3f", "%E9", "*", "a;b=c", "%zz", "%",
}

func randomTarget(r *rand.Rand) string {
	pick := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	path := ""
	for range 1 + r.IntN(5) {
		path += "/" + pick(segments...)
	}
	return pick("", "", "", "", "http://localhost", "HTTP://localhost:1") + path + pick("", "", "/", "?", "?/../v1/", "/?a=%2f")
}

var routes = map[string]string{
	"/v1/": "full", "/v1/public/": "any", "/v1/public/admin": "gate", "/healthz": "any", "/~me/": "reflecting", "/-._~!$&'()+,;=/": "gate", "/public/": "gate",
}

// TestSitePaths compares the policy of many targets with that of the reference.
// Where Apache refuses a target by itself there are no CORS headers.
func TestSitePaths(t *testing.T) {
	t.Parallel()
	for name, routes := range map[string]map[string]string{"some": routes, "all": {"/": "any", "/v1/": "gate", "/v1/public/": "full", "/v1/public/admin": "reflecting"}} {
		p := sited(t, routes)
		u := conformance.StartUpstream(t)
		a := conformance.NewApache(t)
		a.WriteFile(t, "api.conf", printedSite(t, p))
		for _, line := range []string{"", "AllowEncodedSlashes NoDecode\nMergeSlashes Off", "AllowEncodedSlashes On"} {
			a.Hosts = append(a.Hosts, line+"\nInclude api.conf\nProxyPass / http://"+u.Addr+"/ retry=0 disablereuse=on nocanon")
		}
		random := rand.New(rand.NewPCG(3, 4))
		for i, addr := range a.Start(t) {
			counts := map[string]int{}
			for range 1500 {
				method, lines := "GET", []string{"Origin: https://app.example.com"}
				if random.IntN(2) == 0 {
					method, lines = "OPTIONS", append(lines, preflights[1]...)
				}
				r := conformance.Request(method, randomTarget(random), lines...)
				counts[comparePath(t, addr, u, r, routed(p, r.Target))]++
			}
			t.Logf("%s, %d: %v", name, i, counts)
			if counts["policy"] < 150 {
				t.Error("too few paths have a policy to compare")
			}
		}
	}
}

// comparePath demands the answer of the reference, and says which it was.
func comparePath(t *testing.T, addr string, u *conformance.Upstream, r golden.Request, reference *eval.Evaluator) string {
	t.Helper()
	up := &golden.Response{Status: 200, Fields: []golden.Field{{Name: "Access-Control-Max-Age", Value: "1"}, {Name: "Vary", Value: "X"}}}
	got, err := conformance.Send(addr, u, r, up)
	if err != nil {
		t.Errorf("%q: %v", r.Target, err)
		return "error"
	}
	want := conformance.Evaluate(reference, r, up)
	switch {
	case conformance.IsOwnRefusal(r, got), reference == nil && got.Status >= 400 && !got.Upstream && len(got.CORS) == 0:
		return "refused"
	case !cmp.Equal(want, got, cmpopts.EquateEmpty()):
		t.Errorf("%s %q (-reference +apache)\n%s", r.Method, r.Target, cmp.Diff(want, got))
		return "wrong"
	case reference == nil:
		return "none"
	}
	return "policy"
}

// TestSitePlaces checks every kind of answer that Apache gives: a request has the
// policy of the path that it came in with, whatever answers it in the end, and a
// path without one is answered as it would be without the site.
func TestSitePlaces(t *testing.T) {
	t.Parallel()
	// /page.html and the index are what rewriting and error pages lead to.
	testSitePlaces(t, map[string]string{"/page.html": "any", "/dir/index.html": "full", "/elsewhere": "gate"})
	for policy, other := range map[string]string{"full": "any", "any": "gate", "gate": "full", "reflecting": "any"} {
		routes := map[string]string{}
		for _, pl := range places {
			if path, ok := eval.NormalPath(pl.target); ok {
				routes[path] = policy
			}
		}
		routes["/page.html"], routes["/dir/index.html"], routes["/alias/"] = other, other, other
		testSitePlaces(t, routes)
	}
}

func testSitePlaces(t *testing.T, routes map[string]string) {
	t.Helper()
	p := sited(t, routes)
	u := conformance.StartUpstream(t)
	a := newSite(t)
	a.WriteFile(t, "api.conf", printedSite(t, p))
	for _, pl := range places {
		lines := fmt.Sprintf(pl.config+"%.0[1]s%.0[2]s", u.Addr, a.Dir+"/www")
		a.Hosts = append(a.Hosts, "DocumentRoot www\n"+lines+"\nInclude api.conf", "DocumentRoot www\nInclude api.conf\n"+lines, "DocumentRoot www\n"+lines)
	}
	addrs := a.Start(t)
	for i, addr := range addrs {
		pl := places[i/3]
		if i%3 == 2 || pl.before && i%3 == 1 {
			continue
		}
		for _, r := range pl.requests() {
			got, err := conformance.Send(addr, u, r, &pl.want)
			if err != nil {
				t.Fatalf("%s: %v", pl.name, err)
			}
			want := conformance.Evaluate(routed(p, r.Target), r, &pl.want)
			want.Upstream = want.Upstream && pl.proxy
			if routed(p, r.Target) == nil {
				want, _ = conformance.Send(addrs[i/3*3+2], u, r, &pl.want)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s (%d): %+v (-want +got)\n%s", pl.name, i%3, r, d)
			}
		}
	}
}

// Many routes are a few expressions, each within the limits of Apache.
func TestSiteOfManyRoutes(t *testing.T) {
	t.Parallel()
	names := []string{"full", "any", "gate", "reflecting"}
	routes := map[string]string{}
	for i := range 3000 {
		path := "/" + strings.Repeat("x", i%40) + fmt.Sprintf("/service-%d", i)
		routes[path+"/"] = names[i%4]
		if i%3 == 0 {
			routes[path+"/own"] = names[i/4%4]
		}
	}
	p := sited(t, routes)
	u := conformance.StartUpstream(t)
	addr := conformance.StartApache(t, p, "", u.Addr)["api"]
	random := rand.New(rand.NewPCG(5, 6))
	paths := slices.Sorted(maps.Keys(routes))
	for range 1000 {
		path := paths[random.IntN(len(paths))]
		at := random.IntN(len(path)-1) + 1
		path = []string{path, path + "x", path[:at], path[:at] + "/" + path[at:]}[random.IntN(4)]
		comparePath(t, addr, u, conformance.Request("GET", path, "Origin: https://app.example.com"), routed(p, path))
	}
}

// Request headers with the names of a site's variables choose no policy, and a
// request that Apache refuses before it has a path gets none by its error page.
func TestSiteSpoofing(t *testing.T) {
	t.Parallel()
	p := sited(t, routes)
	u := conformance.StartUpstream(t)
	a := newSite(t)
	a.WriteFile(t, "api.conf", printedSite(t, p))
	a.Hosts = []string{"ErrorDocument 400 /healthz\nErrorDocument 404 /healthz\nErrorDocument 414 /healthz\nInclude api.conf\nDocumentRoot www\nProxyPass /v1 http://" + u.Addr + "/v1\nProxyPass /other http://" + u.Addr + "/other"}
	addr := a.Start(t)[0]
	var spoofed []string
	for _, name := range []string{"corsgen_api_route", "corsgen_api_path", "corsgen_any_here", "corsgen_name", "corsgen_twice", "unescape"} {
		spoofed = append(spoofed, name+": any", "REDIRECT_"+name+": any")
	}
	spoofed = append(spoofed, "Request_URI: /healthz", "REQUEST_URI: /healthz", "REDIRECT_STATUS: 200", "Origin: https://evil.example")
	for _, target := range []string{"/v1/x", "/other"} {
		comparePath(t, addr, u, conformance.Request("GET", target, spoofed...), routed(p, target))
		comparePath(t, addr, u, conformance.Request("OPTIONS", target, append(spoofed, preflights[0]...)...), routed(p, target))
	}
	for _, target := range []string{"/%zz", "/%00", "/../x", "/a%2fb", "/none", "/" + strings.Repeat("x", 9000)} {
		got := ask(t, addr, "GET", target, "Origin: https://app.example.com")
		if acao := got.header.Get("Access-Control-Allow-Origin"); got.status < 400 || acao != "" {
			t.Errorf("%.20s: %d with Access-Control-Allow-Origin %q", target, got.status, acao)
		}
	}
}
