package nginx_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
	"github.com/corsgen/corsgen/ir"
)

// gated refuses requests of other origins.
var gated = settings{name: "gated", origins: []string{"https://app.example.com", "https://*.example.org"}, gate: true, status: 200}

// routed returns the reference for a target: nil where the site has no policy.
func routed(p *ir.Program, s *ir.Site, target string) *eval.Evaluator {
	if r := eval.Route(s, target); r != nil {
		return eval.New(&p.Policies[r.Policy].Variants[0])
	}
	return nil
}

// segments are parts of paths, some of which servers read in their own ways.
var segments = []string{
	"v1", "v1", "v1", "public", "public", "admin", "healthz", "x", "V1", "v10", "%76%31", "~me", "%7Eme", "%7eme", "$a.(b)+",
	"", "", ".", "..", "..", "%2e", "%2E%2e", ".%2e", "...", "..;", ".x", "v1%2Fpublic", "%2f", "%2F..", "..%2f", "%252f", "%5c", "\\",
	"a%20b", "x%0a", "healthz%0a", "%00", "#", "#/..", "%23", "%3f", "\xe9", "%E9", "*", "a;b=c",
}

// manyRoutes returns routes that nest and change the policy on the way down.
func manyRoutes(n int) map[string]string {
	random := rand.New(rand.NewPCG(5, 6))
	routes := map[string]string{}
	for len(routes) < n {
		path := ""
		for range 1 + random.IntN(4) {
			path += "/" + []string{"v1", "v1", "public", "admin", "healthz", "x", "V1", "~me", "$a.(b)+"}[random.IntN(9)]
		}
		if random.IntN(3) > 0 {
			path += "/"
		}
		routes[path] = []string{"full", "any", "gated"}[random.IntN(3)]
	}
	return routes
}

func randomTarget(r *rand.Rand) string {
	pick := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	path := ""
	for range 1 + r.IntN(5) {
		path += "/" + pick(segments...)
	}
	return pick("", "", "", "", "http://a", "HTTPS://a:1") + path + pick("", "", "/", "?", "?/../v1/", "/?a=%2f#b")
}

// TestSitePaths compares the policy of many targets with that of the reference,
// whatever merge_slashes is. A target with "//" may have none.
func TestSitePaths(t *testing.T) {
	t.Parallel()
	p := compiledSites(t, map[string]map[string]string{"web": {
		"/v1/": "full", "/v1/public/": "any", "/v1/public/admin": "gated", "/healthz": "any", "/~me/": "full", "/$a.(b)+/": "any", "/public/": "gated",
	}, "all": {"/": "full", "/v1/": "gated"}, "many": manyRoutes(200)}, full, matrix[2], gated)
	u := conformance.StartUpstream(t)
	dir := conformance.WriteNginx(t, p, emit.Options{})
	addrs := conformance.RunNginx(t, dir, 6, func(addrs []string) string {
		text := "include cors/http.conf;"
		for i, addr := range addrs {
			text += fmt.Sprintf("server { include cors/%s.server.conf; listen %s; merge_slashes %s; location / { proxy_pass http://%s; } }\n",
				p.Sites[i/2].Name, addr, []string{"on", "off"}[i%2], u.Addr)
		}
		return text
	})
	random := rand.New(rand.NewPCG(3, 4))
	for i, addr := range addrs {
		site := &p.Sites[i/2]
		counts := map[string]int{}
		for range 1500 {
			method, lines := "GET", []string{"Origin: https://app.example.com"}
			if random.IntN(2) == 0 {
				method, lines = "OPTIONS", append(lines, preflights[1]...)
			}
			r := conformance.Request(method, randomTarget(random), lines...)
			counts[comparePath(t, addr, u, r, routed(p, site, r.Target))]++
		}
		t.Logf("%s, merge_slashes %s: %v", site.Name, []string{"on", "off"}[i%2], counts)
		if counts["same"] < 500 {
			t.Error("too few paths have an answer to compare")
		}
	}
}

var authority = regexp.MustCompile("^(?i:https?)://[^/?#]+")

// comparePath demands the answer of the reference, or none, and says which it
// was.
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
	case got.Status == 400 && len(got.CORS) == 0 && !got.Upstream:
		return "refused"
	case cmp.Equal(want, got, cmpopts.EquateEmpty()):
		return "same"
	case strings.Contains(authority.ReplaceAllString(r.Target, ""), "//") && cmp.Equal(conformance.Evaluate(nil, r, up), got, cmpopts.EquateEmpty()):
		return "none"
	}
	t.Errorf("%s %q (-reference +nginx)\n%s", r.Method, r.Target, cmp.Diff(want, got))
	return "wrong"
}

// TestSiteAnswers checks every kind of answer that nginx gives. A request has the
// policy of the path that it came in with, whatever answers it. Where there is
// none, it is answered as by a server without a policy.
func TestSiteAnswers(t *testing.T) {
	t.Parallel()
	for _, version := range conformance.NginxVersions(t) {
		t.Run("server_version="+version, func(t *testing.T) { testSiteAnswers(t, version) })
	}
}

func testSiteAnswers(t *testing.T, version string) {
	p := compiledSites(t, map[string]map[string]string{"web": {
		"/a.txt": "any", "/text": "any", "/pages/": "any", "/none": "full", "/rewritten": "full", "/tried": "gated", "/i/": "full",
		"/i/index.txt": "any", "/d": "any", "/d/": "gated", "/hidden": "full", "/hidden-no": "any", "/own/": "full", "/re/": "gated",
	}}, full, matrix[2], gated)
	s := startSite(t, p, version)
	for _, target := range []string{s.addrs["web"], s.addrs[plain]} {
		_, _ = conformance.Send(target, s.upstream, conformance.Request("GET", "/limited"), nil) // the one that passes
	}
	passed := 0
	for _, a := range slices.Concat(answers, kept) {
		if a.upstream == upstreams[len(upstreams)-1] {
			continue // it repeats a line, of which nginx before 1.23 shows the first
		}
		reference := routed(p, &p.Sites[0], a.request.Target)
		for _, o := range []string{"", "https://app.example.com", "https://x.example.org", "https://evil.example"} {
			a.request.Fields = withFields(a.request.Fields, conformance.WithOrigin(o))
			preflight := conformance.Request("OPTIONS", a.request.Target, append(conformance.WithOrigin(o, preflights[1]...), "Accept-Encoding: gzip")...)
			if reference == nil {
				s.samePlain(t, a.request, a.upstream)
				s.samePlain(t, preflight, a.upstream)
				passed++
				continue
			}
			s.compare(t, reference, s.addrs["web"], a.request, a.upstream, a.status, a.vary)
			if o != "" {
				s.compare(t, reference, s.addrs["web"], preflight, nil, 200, "")
			}
		}
	}
	if passed < 80 {
		t.Errorf("only %d requests have no policy", passed)
	}
}

// TestSiteEarlyErrors checks that a request which nginx refuses before any policy
// has none, though the page for the error has a route.
func TestSiteEarlyErrors(t *testing.T) {
	t.Parallel()
	dir := conformance.WriteNginx(t, compiledSites(t, map[string]map[string]string{"web": {"/": "full"}}, full), emit.Options{})
	addr := conformance.RunNginx(t, dir, 1, func(addrs []string) string {
		return fmt.Sprintf(`include cors/http.conf; server { include cors/web.server.conf; listen %s; error_page 400 404 405 414 494 /page; location = /page { return 200 page; } }`, addrs[0])
	})[0]
	for target, want := range map[string]string{
		"/none": full.origins[0], "/%zz": "", "/../..": "", "/%00": "", "/" + strings.Repeat("x", 9000): "",
	} {
		_, header := get(t, addr, target, "Origin: "+full.origins[0])
		if got := header.Get("Access-Control-Allow-Origin"); got != want || (header.Get("Vary") == "Origin") != (want != "") {
			t.Errorf("%.20s: Access-Control-Allow-Origin is %q, want %q; %v", target, got, want, header)
		}
	}
}

// kept are answers that have CORS headers of their own.
var kept = []answered{
	{conformance.Request("GET", "/proxy"), &golden.Response{Status: 200, Fields: append(upstreams[len(upstreams)-1].Fields[1:], golden.Field{Name: "Vary", Value: "Origin, X"})}, 200, ""},
	{conformance.Request("GET", "/proxy"), &golden.Response{Status: 304, Fields: upstreams[len(upstreams)-1].Fields[1:]}, 304, ""},
	{conformance.Request("GET", "/proxy"), &golden.Response{Status: 500, Fields: upstreams[len(upstreams)-1].Fields[1:]}, 500, ""},
	{conformance.Request("GET", "/proxy"), &golden.Response{Status: 0}, 502, ""},
	{conformance.Request("GET", "/accel"), &golden.Response{Status: 200, Fields: append(upstreams[len(upstreams)-1].Fields[1:], golden.Field{Name: "X-Accel-Redirect", Value: "/a.txt"})}, 200, ""},
	{conformance.Request("GET", "/none/such"), nil, 404, ""},
	{conformance.Request("GET", "/other?/text"), nil, 404, ""},
}

// samePlain demands the answer of the server without a policy.
func (s site) samePlain(t *testing.T, r golden.Request, upstream *golden.Response) {
	t.Helper()
	want, err := conformance.Send(s.addrs[plain], s.upstream, r, upstream)
	got, err2 := conformance.Send(s.addrs["web"], s.upstream, r, upstream)
	if err != nil || err2 != nil {
		t.Errorf("%+v: %v, %v", r, err, err2)
	}
	if r.Target == "/cached" {
		got.Upstream = want.Upstream // whoever comes first
	}
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("%+v (-without a policy +site)\n%s", r, d)
	}
}
