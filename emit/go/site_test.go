package golang

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/ir"
)

// siteProgram is a program with a site, and a policy for each of its routes that
// exposes the header and so on.
func siteProgram(tb testing.TB, paths ...string) *ir.Program {
	tb.Helper()
	p := &ir.Program{Sources: []string{"cors.hcl"}, Sites: []ir.Site{{Name: "api", Src: line(20)}}}
	for i, path := range paths {
		s := settings{origins: []string{appOrigin}, expose: fmt.Sprintf("X-%d", i)}
		p.Policies = append(p.Policies, program(tb, fmt.Sprintf("p%d", i), s).Policies...)
		p.Sites[0].Routes = append(p.Sites[0].Routes, ir.Route{Path: path, Policy: i, Src: line(21 + i)})
	}
	ir.SortRoutes(p.Sites[0].Routes)
	return p
}

// liveSite returns what the output for the site of p carries out.
func liveSite(p *ir.Program) *corsSite {
	s := namedSites(p, named(p, ""), "")[0]
	out := &corsSite{}
	for _, n := range s.policies {
		out.policies = append(out.policies, live(n.variants[0].Variant))
	}
	ups := s.ups()
	for i, r := range s.routes {
		out.routes = append(out.routes, corsRoute{path: r.Path, policy: s.index(r), up: ups[i]})
	}
	return out
}

// exposed returns the header that the policy of a site exposes, by which a test
// knows it, or "".
func exposed(p *corsPolicy) string {
	if p == nil {
		return ""
	}
	return p.actual.allowed.set[len(p.actual.allowed.set)-1].value[0]
}

var sitePaths = []string{"/", "/v1/", "/v1/public/", "/v1/public/admin", "/v1/public", "/v2", "/v2/x/y/", "/v1/a/b/c/d/", "/~me/", "/v1-/", "/v1.", "/.well-known/"}

// askRaw sends a request with a target that no client would, and returns what it
// exposes and the path that the handler has seen.
func askRaw(tb testing.TB, addr, method, target string) (status int, exposed, path string) {
	tb.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: example.com\r\nOrigin: %s\r\nConnection: close\r\n\r\n", method, target, appOrigin)
	r, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodGet})
	if err != nil {
		tb.Fatal(err)
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	return r.StatusCode, r.Header.Get("Access-Control-Expose-Headers"), string(body)
}

func echoPath(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.Path) }

// TestSiteOnServer compares a real server with the reference, on targets as they
// go over the wire.
func TestSiteOnServer(t *testing.T) {
	p := siteProgram(t, sitePaths[1:]...)
	server := start(t, false, liveSite(p).handler(http.HandlerFunc(echoPath)))
	targets := []string{
		"/", "/v1", "/v1/", "/v1/x", "/v1/public", "/v1/public/", "/v1/public/x/y", "/v1/public/admin", "/v1/public/admin/", "/v2", "/v2/", "/v2/x/y/z",
		"/v1/a/b/c/d/e", "/v1/a/b/c/e", "/v1-/x", "/v1.", "/v1./x", "/.well-known/x", "/V1/", "/v1/?a=/v2", "/x?/v1/", "/?",
		"//v1/x", "/v1//x", "/./v1/x", "/v1/.", "/v1/..", "/v1/../v2", "/v1/public/../x", "/v1/public/%2e%2e/x", "/..", "/v1/../../v1/", "/v1/...", "/v1/.hidden/x",
		"/%76%31/x", "/%7Eme/", "/~me/", "/v1%2Fpublic/x", "/v1%2fpublic/x", "/v1/public/..%2Fx", "/v1/%252F", "/v1/%00", "/v1/%20", "/v1/%ff", "/v1/#/x", "/v1/x#", "/v1/%23",
		"http://example.com/v1/x", "HTTP://EXAMPLE.COM/v2", "https://u@example.com:1//v1/x",
	}
	for _, target := range targets {
		want := ""
		if r := eval.Route(&p.Sites[0], target); r != nil {
			want = fmt.Sprintf("X-%d", r.Policy)
		}
		if status, got, _ := askRaw(t, server.Listener.Addr().String(), "GET", target); got != want || status != 200 {
			t.Errorf("GET %s: %d with the policy of %q, want %q", target, status, got, want)
		}
	}
}

// TestSiteAroundRouters checks that the policy is that of the path which the
// handler in place of the router goes by.
func TestSiteAroundRouters(t *testing.T) {
	site := liveSite(siteProgram(t, "/v1/", "/v1/public/", "/things/", "/host:1/"))
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/{rest...}", echoPath)
	mux.HandleFunc("/things/{id}", echoPath)
	outside := start(t, false, site.handler(mux)).Listener.Addr().String()
	inMux := http.NewServeMux()
	inMux.Handle("/v1/", site.handler(mux))
	inside := start(t, false, inMux).Listener.Addr().String()
	stripped := start(t, false, http.StripPrefix("/api", site.handler(mux))).Listener.Addr().String()
	around := start(t, false, site.handler(http.StripPrefix("/v1", mux))).Listener.Addr().String()
	tests := []struct {
		addr, method, target string
		status               int
		want                 string
	}{
		{outside, "GET", "/v1/x", 200, "X-0"},
		{outside, "GET", "/v1/public/x", 200, "X-1"},
		{outside, "GET", "/v1/public/../x", 307, "X-0"},
		{outside, "GET", "//v1/public/x", 307, "X-1"},
		{outside, "GET", "/things/a%2Fb", 200, ""},
		{outside, "GET", "/v2/", 404, ""},
		{outside, "CONNECT", "/v1/x", 200, "X-0"},
		{outside, "CONNECT", "host:1", 404, ""},
		{outside, "OPTIONS", "*", 200, ""},
		{outside, "OPTIONS", "/v1/x", 200, "X-0"},
		{inside, "GET", "/v1/public/x", 200, "X-1"},
		{inside, "GET", "/v1/public/../../v1/x", 307, ""},
		{stripped, "GET", "/api/v1/x", 200, "X-0"},
		{stripped, "GET", "/api/v1/%70ublic/x", 200, "X-1"},
		{stripped, "GET", "/api/things/a%2Fb", 200, ""},
		{stripped, "GET", "/v1/x", 404, ""},
		{around, "GET", "/v1/things/x", 200, "X-0"},
		{around, "GET", "/things/x", 404, "X-2"},
	}
	for _, test := range tests {
		status, got, path := askRaw(t, test.addr, test.method, test.target)
		if status != test.status || got != test.want {
			t.Errorf("%s %s: %d with the policy of %q, want %d and %q; the handler saw %q", test.method, test.target, status, got, test.status, test.want, path)
		}
	}
}

// TestSitePassesOn checks that a request without a route reaches the handler with
// the writer and the response headers that it had.
func TestSitePassesOn(t *testing.T) {
	site := liveSite(siteProgram(t, "/v1/"))
	var seen http.ResponseWriter
	handler := site.handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { seen = w; upstreamCORS(w.Header()) }))
	for _, method := range []string{"GET", "OPTIONS"} {
		r := request(method, http.Header{"Origin": {appOrigin}, "Access-Control-Request-Method": {"PUT"}})
		r.URL.Path = "/other"
		w := &recorder{header: http.Header{"Vary": {"Accept"}}}
		handler.ServeHTTP(w, r)
		want := http.Header{"Vary": {"Accept"}}
		upstreamCORS(want)
		if d := cmp.Diff(want, w.header); d != "" || seen != http.ResponseWriter(w) {
			t.Errorf("%s: the handler got %T (-want +got)\n%s", method, seen, d)
		}
	}
}

type recorder struct{ header http.Header }

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) Write(p []byte) (int, error) { return len(p), nil }
func (w *recorder) WriteHeader(int)             {}

func TestSiteTakesNoMemory(t *testing.T) {
	site := liveSite(siteProgram(t, sitePaths...))
	for _, target := range []string{"/", "/v1/x", "/v1/public/admin", "/none", "/.well-known/x", "/v1/%7Eme", "/v1%2Fx", "*", strings.Repeat("/long", 1000)} {
		u := &url.URL{Path: target}
		r := &http.Request{URL: u, Header: http.Header{}}
		if strings.Contains(target, "%") {
			u.Path, _ = url.PathUnescape(target)
			u.RawPath = target
		}
		if n := testing.AllocsPerRun(100, func() { site.policyFor(r) }); n != 0 {
			t.Errorf("%.40s: %v allocations", target, n)
		}
	}
}

// Of a path that has no normal form a handler may still make what it likes: a gate
// that could be meant keeps strangers out.
func TestGateOfUnclearPaths(t *testing.T) {
	p := siteProgram(t, "/v1/", "/v1/public/", "/exact")
	gated := settings{origins: []string{appOrigin}, gate: true}
	p.Policies[0].Variants[0], p.Policies[2].Variants[0] = variant(t, gated), variant(t, gated)
	h := liveSite(p).handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) }))
	tests := []struct {
		path, raw, origin string
		want              int
	}{
		{"/v1/items/5", "/v1/items%2F5", "https://evil.example", 403},
		{"/v1/transfer", "/v1%2Ftransfer", "https://evil.example", 403},
		{"/v1/items/5\x00", "/v1/items/5%00", "https://evil.example", 403},
		{"/v1/public/x", "/v1/public%2Fx", "https://evil.example", 403}, // below /v1/ for who does not decode
		{"/v1#x", "/v1#x", "https://evil.example", 200},
		{"/v1/#x", "/v1/#x", "https://evil.example", 403},
		{"/../v1/x", "", "https://evil.example", 403},
		{"/exact/", "/exact%2F", "https://evil.example", 200},
		{"/other/x", "/other%2Fx", "https://evil.example", 200},
		{"/v1/items/5", "/v1/items%2F5", appOrigin, 200},
		{"/v1/items/5", "/v1/items%2F5", "", 200},
	}
	for _, tt := range tests {
		r := request("POST", http.Header{})
		r.URL.Path, r.URL.RawPath = tt.path, tt.raw
		if tt.origin != "" {
			r.Header.Set("Origin", tt.origin)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Result().Header; w.Code != tt.want || len(outcomeOf(200, got, false).CORS) != 0 {
			t.Errorf("%q of %q: %d %v, want %d", tt.raw, tt.origin, w.Code, got, tt.want)
		}
	}
}

// FuzzSite compares the printed table and the runtime with the reference, for
// any routes and any target that net/http takes.
func FuzzSite(f *testing.F) {
	routes := strings.Join(sitePaths, "\n")
	for _, target := range []string{
		"/v1/x", "/v1/public/admin", "//v1/./public/../x?y", "/%7eme/%2e%2e/v1/", "/v1%2fx", "http://h/v1/", "/v1/\x00", "/v1/%00", "/a#b", "*", "/v1/..", "/../v1/", "/%", "http://h", "/v2/x/y/z",
	} {
		f.Add(routes, target)
	}
	f.Fuzz(func(t *testing.T, routes, target string) {
		var paths []string
		for _, path := range strings.Split(routes, "\n") {
			if normal, ok := eval.NormalPath(path); ok && normal == path && len(paths) < 50 && !slices.Contains(paths, path) {
				paths = append(paths, path)
			}
		}
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n")))
		if err != nil || r.RequestURI != target || len(paths) == 0 {
			return
		}
		if !strings.HasPrefix(target, "/") && (r.URL.Host == "" || r.URL.Scheme != "http" && r.URL.Scheme != "https") {
			return // neither a path nor a URL of HTTP
		}
		p := siteProgram(t, paths...)
		want := ""
		if r := eval.Route(&p.Sites[0], target); r != nil {
			want = fmt.Sprintf("X-%d", r.Policy)
		}
		if got := exposed(liveSite(p).policyFor(r)); got != want {
			t.Errorf("%q: the policy of %q, the reference says %q", target, got, want)
		}
	})
}

// TestSiteNames compiles sites whose variants would meet each other's names, and
// refuses names that would be exported twice.
func TestSiteNames(t *testing.T) {
	p := siteProgram(t, "/", "/a")
	p.Sites = append(p.Sites, ir.Site{Name: "api_in_x", Routes: p.Sites[0].Routes, Src: line(40)})
	environments(t, p, "x", "production")
	files := printed(t, p, emit.Options{Package: "cors"})
	dir := write(t, files)
	goCommand(t, dir, "vet", "./...")
	p.Sites = append(p.Sites, ir.Site{Name: "p0_allows_origin", Src: line(50)})
	if found := checkNames(p, emit.Options{}); len(found) == 0 || found[0].Code != "C006" || found[0].Range.Start.Line != 50 {
		t.Errorf("got %v", found)
	}
}

// BenchmarkSite measures the choice of a policy alone.
func BenchmarkSite(b *testing.B) {
	for _, n := range []int{3, 20, 500} {
		var paths []string
		for i := range n {
			paths = append(paths, fmt.Sprintf("/v1/area%d/", i))
		}
		site := liveSite(siteProgram(b, paths...))
		for name, path := range map[string]string{
			"hit": fmt.Sprintf("/v1/area%d/things/123", n/2), "miss": "/other/things/123", "not-normal": fmt.Sprintf("/v1/../v1/area%d/", n/2),
		} {
			r := &http.Request{URL: &url.URL{Path: path}}
			b.Run(fmt.Sprintf("%d/%s", n, name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if p := site.policyFor(r); (p == nil) != (name == "miss") {
						b.Fatal(p)
					}
				}
			})
		}
	}
}
