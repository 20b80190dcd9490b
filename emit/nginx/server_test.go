package nginx_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/fcgi"
	"os"
	"path/filepath"
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

// locations are locations of every kind, for a server that includes POLICY.
const locations = `
    include cors/POLICY.server.conf;
    listen ADDR;
    root www;
    gzip on;
    gzip_vary on;
    gzip_min_length 0;
    gzip_types *;
    client_max_body_size 1k;
    error_page 403 /pages/403.txt;
    error_page 404 /pages/404.txt;
    location /plain/ { error_page 500 /none; }
    location = /moved { return 301 /elsewhere; }
    location = /text { return 200 text; }
    location = /gone { return 410; }
    location = /tried { try_files /none.txt /text; }
    location /i/ { index index.txt; }
    location = /rewritten { rewrite ^ /text last; }
    location = /hidden { return 404; }
    location = /masked { error_page 404 =200 /pages/404.txt; return 404; }
    location = /dead { proxy_pass http://127.0.0.1:1; }
    location = /dead-named { proxy_pass http://127.0.0.1:1; error_page 502 @named; }
    location @named { return 503 busy; }
    location = /proxy { proxy_pass http://UPSTREAM; }
    location = /intercepted { proxy_pass http://UPSTREAM; proxy_intercept_errors on; }
    location = /accel { proxy_pass http://UPSTREAM/accel; }
    location = /cached { proxy_pass http://UPSTREAM/; proxy_cache cache; proxy_cache_valid any 1h; proxy_cache_key $uri; proxy_force_ranges on; }
    location = /fastcgi { fastcgi_pass FASTCGI; fastcgi_param REQUEST_METHOD GET; fastcgi_param SERVER_PROTOCOL HTTP/1.1; }
    location = /scgi { scgi_pass SCGI; }
    location = /uwsgi { uwsgi_pass SCGI; }
    location = /basic { auth_basic realm; auth_basic_user_file none; }
    location = /denied { deny all; }
    location = /limited { limit_req zone=POLICY; limit_req_status 429; }
    location = /asked { auth_request /hidden-no; }
    location = /hidden-no { internal; return 403; }
    location ~ ^/re/(.+)$ { return 200 $1; }
    location /own/ {
        add_header X-Own 1;
        include cors/POLICY.headers.conf;
        proxy_hide_header X-Other;
        include cors/hide.conf;
        if ($arg_if) {
            add_header X-Own 2;
            include cors/POLICY.headers.conf;
        }
        proxy_pass http://UPSTREAM/;
    }
`

// site is an nginx that has the locations for every policy and site of a program,
// and for none.
type site struct {
	program  *ir.Program
	addrs    map[string]string
	upstream *conformance.Upstream
}

func startSite(t *testing.T, p *ir.Program, version string) site {
	t.Helper()
	dir := conformance.WriteNginx(t, p, emit.Options{ServerVersion: version})
	for name, content := range map[string]string{"a.txt": "0123456789", "d/x": "", "i/index.txt": "0", "pages/403.txt": "no", "pages/404.txt": "none"} {
		path := filepath.Join(dir, "www", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	u := conformance.StartUpstream(t)
	fastcgi, scgi := startFastCGI(t), startSCGI(t)
	names := conformance.ServerNames(p)
	addrs := conformance.RunNginx(t, dir, len(names)+1, func(addrs []string) string {
		var b strings.Builder
		b.WriteString("include cors/http.conf;\nproxy_cache_path cache keys_zone=cache:1m;\n")
		for i, name := range append(names, plain) {
			lines := locations
			switch {
			case name == plain:
				lines = regexp.MustCompile(`include .*;`).ReplaceAllString(locations, "")
			case version != "": // there is no such file, since nginx merges the lines
				lines = strings.ReplaceAll(locations, "include cors/POLICY.headers.conf;", "")
			}
			fmt.Fprintf(&b, "limit_req_zone $server_addr zone=%s:32k rate=1r/m;\nserver {\n%s}\n", name, strings.NewReplacer(
				"POLICY", name, "ADDR", addrs[i], "UPSTREAM", u.Addr, "FASTCGI", fastcgi, "SCGI", scgi).Replace(lines))
		}
		return b.String()
	})
	s := site{p, map[string]string{}, u}
	for i, name := range append(names, plain) {
		s.addrs[name] = addrs[i]
	}
	return s
}

// plain is the server that has no policy.
const plain = "plain"

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func startFastCGI(t *testing.T) string {
	l := listen(t)
	go func() {
		_ = fcgi.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Vary", "Accept")
			w.WriteHeader(http.StatusTeapot)
		}))
	}()
	return l.Addr().String()
}

// startSCGI starts a server that answers everything as an SCGI or uwsgi
// application would.
func startSCGI(t *testing.T) string {
	l := listen(t)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, "Status: 418 Teapot\r\nAccess-Control-Allow-Origin: *\r\nVary: Accept\r\n\r\n")
			conn.Close()
		}
	}()
	return l.Addr().String()
}

// answered is a request and what nginx answers by itself, or what comes from
// behind it.
type answered struct {
	request  golden.Request
	upstream *golden.Response
	status   int
	vary     string
}

var answers = []answered{
	{conformance.Request("GET", "/a.txt"), nil, 200, ""},
	{conformance.Request("GET", "/a.txt", "Accept-Encoding: gzip"), nil, 200, ""},
	{conformance.Request("HEAD", "/a.txt"), nil, 200, ""},
	{conformance.Request("POST", "/a.txt"), nil, 405, ""},
	{conformance.Request("GET", "/a.txt", "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"), nil, 200, ""},
	{conformance.Request("GET", "/a.txt", "If-None-Match: *"), nil, 304, ""},
	{conformance.Request("GET", "/a.txt", "If-Match: \"x\""), nil, 412, ""},
	{conformance.Request("GET", "/a.txt", "Range: bytes=1-2"), nil, 206, ""},
	{conformance.Request("GET", "/a.txt", "Range: bytes=100-"), nil, 416, ""},
	{conformance.Request("GET", "/none"), nil, 404, ""},
	{conformance.Request("GET", "/none", "Range: bytes=100-"), nil, 404, ""},
	{conformance.Request("GET", "/plain/none"), nil, 404, ""},
	{conformance.Request("GET", "/d/"), nil, 403, ""},
	{conformance.Request("GET", "/d"), nil, 301, ""},
	{conformance.Request("OPTIONS", "/a.txt"), nil, 405, ""},
	{conformance.Request("GET", "/moved"), nil, 301, ""},
	{conformance.Request("GET", "/text"), nil, 200, ""},
	{conformance.Request("GET", "/gone"), nil, 410, ""},
	{conformance.Request("GET", "/tried"), nil, 200, ""},
	{conformance.Request("GET", "/i/"), nil, 200, ""},
	{conformance.Request("GET", "/rewritten"), nil, 200, ""},
	{conformance.Request("GET", "/hidden"), nil, 404, ""},
	{conformance.Request("GET", "/masked"), nil, 200, ""},
	{conformance.Request("GET", "/dead"), nil, 502, ""},
	{conformance.Request("GET", "/dead-named"), nil, 502, ""},
	{conformance.Request("GET", "/proxy"), upstreams[len(upstreams)-1], 203, ""},
	{conformance.Request("GET", "/proxy"), &golden.Response{Status: 404, Fields: []golden.Field{{Name: "Vary", Value: "X"}}}, 404, "X"},
	{conformance.Request("GET", "/proxy"), &golden.Response{Status: 429}, 429, ""},
	{conformance.Request("GET", "/intercepted"), &golden.Response{Status: 404}, 404, ""},
	{conformance.Request("GET", "/accel"), &golden.Response{Status: 200, Fields: []golden.Field{
		{Name: "X-Accel-Redirect", Value: "/a.txt"}, {Name: "Access-Control-Allow-Origin", Value: "*"},
	}}, 200, ""},
	{conformance.Request("GET", "/accel", "Range: bytes=100-"), &golden.Response{Status: 200, Fields: []golden.Field{
		{Name: "X-Accel-Redirect", Value: "/a.txt"},
	}}, 416, ""},
	{conformance.Request("GET", "/cached"), &golden.Response{Status: 200, Fields: []golden.Field{{Name: "Access-Control-Allow-Origin", Value: "*"}}}, 200, ""},
	{conformance.Request("GET", "/cached", "Range: bytes=100-"), nil, 416, ""},
	{conformance.Request("GET", "/fastcgi"), nil, 418, "Accept"},
	{conformance.Request("GET", "/scgi"), nil, 418, "Accept"},
	{conformance.Request("GET", "/uwsgi"), nil, 418, "Accept"},
	{conformance.Request("GET", "/basic"), nil, 401, ""},
	{conformance.Request("GET", "/denied"), nil, 403, ""},
	{conformance.Request("GET", "/limited"), nil, 429, ""},
	{conformance.Request("GET", "/asked"), nil, 403, ""},
	{conformance.Request("GET", "/re/captured"), nil, 200, ""},
	{conformance.Request("GET", "/own/"), upstreams[len(upstreams)-1], 203, ""},
	{conformance.Request("GET", "/own/?if=1"), upstreams[len(upstreams)-1], 203, ""},
	{conformance.Request("GET", "/corsgen-preflight-full"), nil, 404, ""},
	{conformance.Request("GET", "//corsgen-preflight-full"), nil, 404, ""},
	{conformance.Request("GET", "http://localhost/corsgen-gate-gate"), nil, 404, ""},
}

// TestAnswers checks every kind of answer that nginx gives, for every branch.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, version := range conformance.NginxVersions(t) {
		t.Run("server_version="+version, func(t *testing.T) { testAnswers(t, version) })
	}
}

func testAnswers(t *testing.T, version string) {
	p := compiled(t, full, matrix[2], matrix[4], settings{
		name: "gate", origins: []string{"https://app.example.com", "https://*.example.org"}, gate: true, status: 200,
	})
	s := startSite(t, p, version)
	for i := range p.Policies {
		t.Run(p.Policies[i].Name, func(t *testing.T) {
			t.Parallel()
			reference := eval.New(&p.Policies[i].Variants[0])
			addr := s.addrs[p.Policies[i].Name]
			_, _ = conformance.Send(addr, s.upstream, conformance.Request("GET", "/limited"), nil) // the one that passes
			for _, a := range answers {
				for _, o := range []string{"", "https://app.example.com", "https://x.example.org", "https://evil.example"} {
					a.request.Fields = withFields(a.request.Fields, conformance.WithOrigin(o))
					s.compare(t, reference, addr, a.request, a.upstream, a.status, a.vary)
					preflight := conformance.Request("OPTIONS", a.request.Target, append(conformance.WithOrigin(o, preflights[1]...), "Accept-Encoding: gzip")...)
					if o != "" {
						s.compare(t, reference, addr, preflight, nil, 200, "")
					}
				}
			}
		})
	}
}

func withFields(fields []golden.Field, lines []string) []golden.Field {
	fields = slices.DeleteFunc(slices.Clone(fields), func(f golden.Field) bool { return f.Name == "Origin" })
	return append(fields, conformance.Request("", "", lines...).Fields...)
}

// compare demands the answer of the reference to a request, where something
// below the policy answers with a status and a Vary.
func (s site) compare(t *testing.T, reference *eval.Evaluator, addr string, r golden.Request, upstream *golden.Response, status int, vary string) {
	t.Helper()
	below := &golden.Response{Status: status}
	if vary != "" {
		below.Fields = []golden.Field{{Name: "Vary", Value: vary}}
	}
	want := conformance.Evaluate(reference, r, below)
	got, err := conformance.Send(addr, s.upstream, r, upstream)
	if err != nil {
		t.Errorf("%+v: %v", r, err)
		return
	}
	if want.Upstream { // the answer may be nginx's own, compressed or not
		got.Upstream = true
		got.Vary = slices.DeleteFunc(got.Vary, func(member string) bool { return member == "accept-encoding" })
	}
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("%+v (-reference +nginx)\n%s", r, d)
	}
}
