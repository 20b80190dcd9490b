package nginx_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/lintconfig/nginx"
)

// A wireCase is a configuration that nginx -t lets pass and that answers wrong,
// and the same as the finding says to write it. ADDR and UP stand for the
// addresses of the server and of an upstream.
type wireCase struct {
	name     string
	ask      conformance.Probe
	bad      string // content of http
	wrong    string // what it answers
	findings []string
	good     string
	right    string
}

const app = "https://app.example.com"

var (
	get       = conformance.Probe{Method: "GET", Path: "/", Origin: app}
	preflight = conformance.Probe{Method: "OPTIONS", Path: "/", Origin: app, Fields: []string{"Access-Control-Request-Method: PUT"}}
)

var wireCases = []wireCase{
	{
		name: "add_header in a location", ask: get,
		bad:   `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { add_header X-A b; proxy_pass http://UP; } }`,
		wrong: "200 []", findings: []string{"C501"},
		good:  `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { add_header X-A b; include cors/app.headers.conf; proxy_pass http://UP; } }`,
		right: "200 [https://app.example.com]",
	},
	{
		name: "add_header in an if", ask: get.At("/?x=1"),
		bad:   `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { if ($arg_x) { add_header X-A b; } proxy_pass http://UP; } }`,
		wrong: "200 []", findings: []string{"C501"},
		good:  `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { if ($arg_x) { add_header X-A b; include cors/app.headers.conf; } proxy_pass http://UP; } }`,
		right: "200 [https://app.example.com]",
	},
	{
		name: "proxy_hide_header in a location", ask: get,
		bad:   `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { proxy_hide_header X-A; proxy_pass http://UP; } }`,
		wrong: "200 [* https://app.example.com]", findings: []string{"C502"},
		good:  `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { proxy_hide_header X-A; include cors/hide.conf; proxy_pass http://UP; } }`,
		right: "200 [https://app.example.com]",
	},
	{
		name: "proxy_pass_header", ask: get,
		bad:   `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { proxy_pass_header Access-Control-Allow-Origin; proxy_pass http://UP; } }`,
		wrong: "200 [* https://app.example.com]", findings: []string{"C502"},
		good:  `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { proxy_pass http://UP; } }`,
		right: "200 [https://app.example.com]",
	},
	{
		name: "proxy_pass_header at the http level", ask: get,
		bad:   `proxy_pass_header Access-Control-Allow-Origin; include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { proxy_pass http://UP; } }`,
		wrong: "200 [* https://app.example.com]", findings: []string{"C502"},
		good:  `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { proxy_pass http://UP; } }`,
		right: "200 [https://app.example.com]",
	},
	{
		name: "return before the policy", ask: preflight,
		bad:   `include cors/http.conf; server { return 301 https://api.example.com$request_uri; include cors/app.server.conf; listen ADDR; }`,
		wrong: "301 []", findings: []string{"C503"},
		good:  `include cors/http.conf; server { include cors/app.server.conf; return 301 https://api.example.com$request_uri; listen ADDR; }`,
		right: "204 [https://app.example.com]",
	},
	{
		name: "rewrite before the policy", ask: preflight.At("/old/x"),
		bad:   `include cors/http.conf; server { rewrite ^/old/(.*)$ /new/$1 last; include cors/app.server.conf; listen ADDR; location / { proxy_pass http://UP; } }`,
		wrong: "200 []", findings: []string{"C503"},
		good:  `include cors/http.conf; server { include cors/app.server.conf; rewrite ^/old/(.*)$ /new/$1 last; listen ADDR; location / { proxy_pass http://UP; } }`,
		right: "204 [https://app.example.com]",
	},
	{
		name: "if before the policy", ask: preflight.At("/?x=1"),
		bad:   `include cors/http.conf; server { if ($arg_x) { return 404; } include cors/app.server.conf; listen ADDR; location / { proxy_pass http://UP; } }`,
		wrong: "404 []", findings: []string{"C503"},
		good:  `include cors/http.conf; server { include cors/app.server.conf; if ($arg_x) { return 404; } listen ADDR; location / { proxy_pass http://UP; } }`,
		right: "204 [https://app.example.com]",
	},
	{
		name: "headers by hand beside the policy", ask: get,
		bad:   `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; add_header Access-Control-Allow-Origin * always; location / { proxy_pass http://UP; } }`,
		wrong: "200 [https://app.example.com *]", findings: []string{"C504"},
		good:  `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { proxy_pass http://UP; } }`,
		right: "200 [https://app.example.com]",
	},
	{
		name: "headers by hand in a location", ask: get,
		bad:   `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { add_header Access-Control-Allow-Origin https://www.example.com always; proxy_pass http://UP; } }`,
		wrong: "200 [https://www.example.com]", findings: []string{"C504"},
		good:  `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { proxy_pass http://UP; } }`,
		right: "200 [https://app.example.com]",
	},
	{
		name: "headers of the policy twice", ask: get,
		bad:   `include cors/http.conf; server { include cors/app.server.conf; include cors/app.headers.conf; listen ADDR; location / { proxy_pass http://UP; } }`,
		wrong: "200 [https://app.example.com https://app.example.com]", findings: []string{"C504"},
		good:  `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { proxy_pass http://UP; } }`,
		right: "200 [https://app.example.com]",
	},
	{
		name: "HSTS of the http level", ask: get.Showing("Strict-Transport-Security"),
		bad:   `add_header Strict-Transport-Security max-age=1 always; include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { proxy_pass http://UP; } }`,
		wrong: "200 []", findings: []string{"C505"},
		good: `add_header Strict-Transport-Security max-age=1 always; include cors/http.conf; server { include cors/app.server.conf; listen ADDR;
			add_header Strict-Transport-Security max-age=1 always; location / { proxy_pass http://UP; } }`,
		right: "200 [max-age=1]",
	},
	{
		name: "proxy_hide_header of the http level", ask: get.Showing("X-Secret"),
		bad:   `proxy_hide_header X-Secret; include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { proxy_pass http://UP; } }`,
		wrong: "200 [upstream]", findings: []string{"C505"},
		good:  `proxy_hide_header X-Secret; include cors/http.conf; server { include cors/app.server.conf; proxy_hide_header X-Secret; listen ADDR; location / { proxy_pass http://UP; } }`,
		right: "200 []",
	},
	{
		name: "client certificates", ask: preflight.TLS(),
		bad: `include cors/http.conf; server { include cors/app.server.conf; listen ADDR ssl; ssl_certificate cert.pem; ssl_certificate_key key.pem;
			ssl_client_certificate cert.pem; ssl_verify_client on; location / { proxy_pass http://UP; } }`,
		wrong: "400 []", findings: []string{"C506"},
		good: `include cors/http.conf; server { include cors/app.server.conf; if ($ssl_client_verify != SUCCESS) { return 403; } listen ADDR ssl; ssl_certificate cert.pem; ssl_certificate_key key.pem;
			ssl_client_certificate cert.pem; ssl_verify_client optional; location / { proxy_pass http://UP; } }`,
		right: "204 [https://app.example.com]",
	},
	{
		name: "a pattern without files", ask: get,
		bad:   `include cors/http.conf; server { include cors/apps.server.con*; listen ADDR; location / { return 200 x; } }`,
		wrong: "200 []", findings: []string{"C507"},
		good:  `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { return 200 x; } }`,
		right: "200 [https://app.example.com]",
	},
	{
		name: "headers without the policy", ask: preflight,
		bad:   `include cors/http.conf; server { include cors/app.headers.conf; listen ADDR; location / { proxy_hide_header Access-Control-Allow-Origin; proxy_pass http://UP; } }`,
		wrong: "200 []", findings: []string{"C508"},
		good:  `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { proxy_pass http://UP; } }`,
		right: "204 [https://app.example.com]",
	},
	{
		name: "headers of another policy", ask: get,
		bad:   `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { add_header X-A b; include cors/other.headers.conf; proxy_pass http://UP; } }`,
		wrong: "200 []", findings: []string{"C508"},
		good:  `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { add_header X-A b; include cors/app.headers.conf; proxy_pass http://UP; } }`,
		right: "200 [https://app.example.com]",
	},
	{
		name: "hide.conf without a policy", ask: get,
		bad:   `include cors/http.conf; server { include cors/hide.conf; listen ADDR; location / { proxy_pass http://UP; } }`,
		wrong: "200 []", findings: []string{"C508"},
		good:  `include cors/http.conf; server { listen ADDR; location / { proxy_pass http://UP; } }`,
		right: "200 [*]",
	},
	{
		name: "error_page that changes 416", ask: get.At("/page.html").With("Range: bytes=900-"),
		bad:   `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; root www; error_page 416 =200 /error.html; }`,
		wrong: "416 [https://app.example.com https://app.example.com]", findings: []string{"C512"},
		good:  `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; root www; error_page 416 /error.html; }`,
		right: "416 [https://app.example.com]",
	},
	{
		name: "captures of server_name", ask: get.From("https://x.example.org").Showing("X-Site"),
		bad:   `include cors/http.conf; server { include cors/other.server.conf; listen ADDR; server_name ~^(.+)host$; add_header X-Site "[$1]"; location / { return 200 x; } }`,
		wrong: "200 [[]]", findings: []string{"C514"},
		good:  `include cors/http.conf; server { include cors/other.server.conf; listen ADDR; server_name ~^(?<site>.+)host$; add_header X-Site "[$site]"; location / { return 200 x; } }`,
		right: "200 [[local]]",
	},

	// Without corsgen.
	{
		name: "an add_header drops lines by hand", ask: get,
		bad:   `server { listen ADDR; add_header Access-Control-Allow-Origin https://app.example.com always; location / { add_header X-A b; return 200 x; } }`,
		wrong: "200 []", findings: []string{"C501"},
		good:  `server { listen ADDR; location / { add_header Access-Control-Allow-Origin https://app.example.com always; add_header X-A b; return 200 x; } }`,
		right: "200 [https://app.example.com]",
	},
	{
		name: "an expression without an end", ask: get.From("https://app.example.com.evil.example"),
		bad: `map $http_origin $o { default ""; ~^https://app\.example\.com $http_origin; }
			server { listen ADDR; add_header Access-Control-Allow-Origin $o always; add_header Vary Origin always; location / { return 200 x; } }`,
		wrong: "200 [https://app.example.com.evil.example]", findings: []string{"C531"},
		good: `map $http_origin $o { default ""; ~^https://app\.example\.com$ $http_origin; }
			server { listen ADDR; add_header Access-Control-Allow-Origin $o always; add_header Vary Origin always; location / { return 200 x; } }`,
		right: "200 []",
	},
	{
		name: "an expression with a bare dot, in an if", ask: get.From("https://appxexample.com"),
		bad: `server { listen ADDR; location / { if ($http_origin ~* "^https?://app.example.com$") { add_header Access-Control-Allow-Origin $http_origin always;
			add_header Vary Origin always; } root www; index page.html; } }`,
		wrong: "200 [https://appxexample.com]", findings: []string{"C531"},
		good: `server { listen ADDR; location / { if ($http_origin ~* "^https?://app\.example\.com$") { add_header Access-Control-Allow-Origin $http_origin always;
			add_header Vary Origin always; } root www; index page.html; } }`,
		right: "200 []",
	},
	{
		name: "the origin echoed, with credentials", ask: get.From("https://evil.example"),
		bad: `server { listen ADDR; add_header Access-Control-Allow-Origin $http_origin always; add_header Access-Control-Allow-Credentials true always;
			add_header Vary Origin always; location / { return 200 x; } }`,
		wrong: "200 [https://evil.example]", findings: []string{"C532"},
		good: `map $http_origin $o { https://app.example.com $http_origin; }
			server { listen ADDR; add_header Access-Control-Allow-Origin $o always; add_header Access-Control-Allow-Credentials true always;
			add_header Vary Origin always; location / { return 200 x; } }`,
		right: "200 []",
	},
	{
		name: "the origin echoed by a map and a set", ask: get.From("https://evil.example"),
		bad: `map $http_origin $o { default $http_origin; "" none; }
			server { listen ADDR; set $p $o; add_header Access-Control-Allow-Origin $p always; add_header Vary Origin always; location / { return 200 x; } }`,
		wrong: "200 [https://evil.example]", findings: []string{"C532"},
		good:  `server { listen ADDR; add_header Access-Control-Allow-Origin https://app.example.com always; location / { return 200 x; } }`,
		right: "200 [https://app.example.com]",
	},
	{
		name: "the origin echoed if there is one", ask: get.From("https://evil.example"),
		bad: `server { listen ADDR; root www; location / { if ($http_origin) { add_header Access-Control-Allow-Origin "${http_origin}" always;
			add_header Vary Origin always; } } }`,
		wrong: "403 [https://evil.example]", findings: []string{"C532"},
		good:  `server { listen ADDR; root www; location / { add_header Access-Control-Allow-Origin * always; } }`,
		right: "403 [*]",
	},
	{
		name: "no always", ask: get,
		bad:   `server { listen ADDR; add_header Access-Control-Allow-Origin https://app.example.com; location / { return 404; } }`,
		wrong: "404 []", findings: []string{"C533"},
		good:  `server { listen ADDR; add_header Access-Control-Allow-Origin https://app.example.com always; location / { return 404; } }`,
		right: "404 [https://app.example.com]",
	},
	{
		name: "no Vary", ask: get.Showing("Vary"),
		bad: `map $http_origin $o { https://app.example.com $http_origin; }
			server { listen ADDR; add_header Access-Control-Allow-Origin $o always; location / { return 200 x; } }`,
		wrong: "200 []", findings: []string{"C534"},
		good: `map $http_origin $o { https://app.example.com $http_origin; }
			server { listen ADDR; add_header Access-Control-Allow-Origin $o always; add_header Vary Origin always; location / { return 200 x; } }`,
		right: "200 [Origin]",
	},
	{
		name: "any origin with credentials", ask: get,
		bad:   `server { listen ADDR; add_header Access-Control-Allow-Origin * always; add_header Access-Control-Allow-Credentials true always; location / { return 200 x; } }`,
		wrong: "200 [*]", findings: []string{"C535"},
		good: `map $http_origin $o { https://app.example.com $http_origin; }
			server { listen ADDR; add_header Access-Control-Allow-Origin $o always; add_header Access-Control-Allow-Credentials true always;
			add_header Vary Origin always; location / { return 200 x; } }`,
		right: "200 [https://app.example.com]",
	},
	{
		name: "several origins", ask: get,
		bad:   `server { listen ADDR; add_header Access-Control-Allow-Origin "https://app.example.com, https://www.example.com" always; location / { return 200 x; } }`,
		wrong: "200 [https://app.example.com, https://www.example.com]", findings: []string{"C536"},
		good: `map $http_origin $o { https://app.example.com $http_origin; https://www.example.com $http_origin; }
			server { listen ADDR; add_header Access-Control-Allow-Origin $o always; add_header Vary Origin always; location / { return 200 x; } }`,
		right: "200 [https://app.example.com]",
	},
	{
		name: "a slash at the end", ask: get,
		bad:   `server { listen ADDR; add_header Access-Control-Allow-Origin https://app.example.com/ always; location / { return 200 x; } }`,
		wrong: "200 [https://app.example.com/]", findings: []string{"C536"},
		good:  `server { listen ADDR; add_header Access-Control-Allow-Origin https://app.example.com always; location / { return 200 x; } }`,
		right: "200 [https://app.example.com]",
	},
	{
		name: "two lines", ask: get,
		bad: `server { listen ADDR; add_header Access-Control-Allow-Origin https://app.example.com always;
			add_header Access-Control-Allow-Origin https://www.example.com always; location / { return 200 x; } }`,
		wrong: "200 [https://app.example.com https://www.example.com]", findings: []string{"C537"},
		good: `map $http_origin $o { https://app.example.com $http_origin; https://www.example.com $http_origin; }
			server { listen ADDR; add_header Access-Control-Allow-Origin $o always; add_header Vary Origin always; location / { return 200 x; } }`,
		right: "200 [https://app.example.com]",
	},
	{
		name: "a password for preflights", ask: preflight,
		bad: `server { listen ADDR; location / { auth_basic x; auth_basic_user_file users; add_header Access-Control-Allow-Origin https://app.example.com always;
			add_header Access-Control-Allow-Headers Authorization always; root www; } }`,
		wrong: "401 [https://app.example.com]", findings: []string{"C538"},
		good: `server { listen ADDR; location / { auth_basic x; auth_basic_user_file users; add_header Access-Control-Allow-Origin https://app.example.com always;
			add_header Access-Control-Allow-Headers Authorization always; root www;
			if ($request_method = OPTIONS) { add_header Access-Control-Allow-Origin https://app.example.com always; add_header Access-Control-Allow-Headers Authorization always; return 204; } } }`,
		right: "204 [https://app.example.com]",
	},
}

// inheritCases are for an nginx that knows add_header_inherit.
var inheritCases = []wireCase{
	{
		name: "add_header_inherit off in a location", ask: get,
		bad:   `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { add_header_inherit off; proxy_pass http://UP; } }`,
		wrong: "200 []", findings: []string{"C501"},
		good:  `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { add_header_inherit merge; proxy_pass http://UP; } }`,
		right: "200 [https://app.example.com]",
	},
	{
		name: "add_header_inherit off for all", ask: get,
		bad:   `include cors/http.conf; add_header_inherit off; server { include cors/app.server.conf; listen ADDR; location / { proxy_pass http://UP; } location /a { proxy_pass http://UP; } }`,
		wrong: "200 []", findings: []string{"C501"},
		good:  `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { proxy_pass http://UP; } location /a { proxy_pass http://UP; } }`,
		right: "200 [https://app.example.com]",
	},
	{
		name: "add_header_inherit off and the headers again", ask: get,
		bad:   `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { add_header_inherit merge; include cors/app.headers.conf; proxy_pass http://UP; } }`,
		wrong: "200 [https://app.example.com https://app.example.com]", findings: []string{"C504"},
		good:  `include cors/http.conf; server { include cors/app.server.conf; listen ADDR; location / { add_header_inherit off; include cors/app.headers.conf; proxy_pass http://UP; } }`,
		right: "200 [https://app.example.com]",
	},
}

// TestWire proves every finding on a real nginx: it answers wrong, the finding
// says so, and after the change that the finding asks for it answers right and
// there is no finding.
func TestWire(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("X-Secret", "upstream")
	}))
	t.Cleanup(upstream.Close)
	cases := wireCases
	if len(conformance.NginxVersions(t)) > 1 {
		cases = slices.Concat(cases, inheritCases)
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			answer, findings := serve(t, test.bad, upstream.Listener.Addr().String(), test.ask)
			if answer != test.wrong {
				t.Errorf("before: answered %s, want %s", answer, test.wrong)
			}
			if d := cmp.Diff(test.findings, findings); d != "" {
				t.Errorf("before: findings (-want +got)\n%s", d)
			}
			answer, findings = serve(t, test.good, upstream.Listener.Addr().String(), test.ask)
			if answer != test.right {
				t.Errorf("after: answered %s, want %s", answer, test.right)
			}
			if len(findings) > 0 {
				t.Errorf("after: findings %v", findings)
			}
		})
	}
}

// serve runs nginx with the content of an http block, sends a request, and
// returns the answer and the codes of the findings.
func serve(t *testing.T, config, upstream string, r conformance.Probe) (answer string, codes []string) {
	t.Helper()
	dir := conformance.WriteNginx(t, program(t), emit.Options{})
	writeFiles(t, dir)
	addrs := conformance.RunNginx(t, dir, 1, func(addrs []string) string {
		return strings.NewReplacer("ADDR", addrs[0], "UP", upstream).Replace(config)
	})
	answer = r.Send(t, addrs[0])
	file := filepath.Join(dir, "nginx.conf")
	codes = lintFile(t, file)
	if dumped := lintDump(t, dir, file); !slices.Equal(codes, dumped) {
		t.Errorf("of the file: %v, of nginx -T: %v", codes, dumped)
	}
	return answer, codes
}

func lintFile(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return codesOf(t, file, text)
}

func lintDump(t *testing.T, dir, file string) []string {
	t.Helper()
	cmd := exec.Command(conformance.Require(t, "nginx", "nginx"), "-T", "-p", dir, "-c", file, "-e", "stderr")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("nginx -T: %v\n%s", err, out)
	}
	return codesOf(t, "", out)
}

func codesOf(t *testing.T, name string, text []byte) []string {
	t.Helper()
	result, err := nginx.Lint(name, text)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, d := range result.Findings {
		codes = append(codes, d.Code)
		if d.Range.Start.Line == 0 || len(result.Sources[d.Range.File]) == 0 {
			t.Errorf("%s has no place: %v", d.Code, d.Range)
		}
	}
	return codes
}

// TestRefused checks findings about what nginx refuses anyway: they say what to
// write.
func TestRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, config string
		want         []string
	}{
		{"no http.conf", `server { include cors/app.server.conf; }`, []string{"C508"}},
		{"a policy in a location", `include cors/http.conf; server { location / { include cors/app.server.conf; } }`, []string{"C508"}},
		{"two policies", `include cors/http.conf; server { include cors/app.server.conf; include cors/other.server.conf; }`, []string{"C508"}},
		{"a missing file", `include cors/http.conf; server { include cors/apps.server.conf; }`, []string{"C008"}},
	}
	for _, test := range tests {
		dir := conformance.WriteNginx(t, program(t), emit.Options{})
		if output, err := conformance.CheckNginx(t, dir, test.config); err == nil {
			t.Errorf("%s: nginx accepts it: %s", test.name, output)
		}
		if d := cmp.Diff(test.want, lintFile(t, filepath.Join(dir, "nginx.conf"))); d != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, d)
		}
	}
}
