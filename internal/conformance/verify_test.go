package conformance_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/apache"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/verify"
)

// verifyAt verifies a server at a path by a policy in an environment, or by what
// the site there chooses.
func verifyAt(t *testing.T, url string, v *ir.Variant, site *ir.Site) *verify.Result {
	t.Helper()
	u, err := verify.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	result, err := verify.Run(context.Background(), verify.Target{URL: u, Variant: v, Policy: "the policy", Site: site, Rate: verify.MaxRate})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// application is an upstream with a page that has validators, and errors; it says
// CORS headers of its own, which a policy removes.
func application(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Vary", "Accept-Encoding")
	if strings.HasSuffix(r.URL.Path, "no-such-page") {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("ETag", `"1"`)
	http.ServeContent(w, r, "things.txt", time.Unix(1e9, 0), strings.NewReader("things"))
}

// TestVerifyGolden demands that verify finds nothing in servers that run what
// corsgen prints for the golden policies.
func TestVerifyGolden(t *testing.T) {
	node := conformance.NodeFor(t, "express5")
	for _, c := range cases(t) {
		starts := map[string]conformance.Start{"nginx": conformance.StartNginx, "apache": conformance.StartApache, "node": node}
		if slices.Contains([]string{"any", "credentials", "environments", "gate", "reflected", "sites"}, c.Name) { // a program is slow to build
			starts["go"] = conformance.StartGo
		}
		for target, start := range starts {
			t.Run(target+"/"+c.Name, func(t *testing.T) {
				t.Parallel()
				program := load(t, c.PolicyFile())
				if cannot(t, target, program) {
					t.Skip("the target cannot express the policy")
				}
				for _, environment := range append([]string{""}, program.Environments...) {
					verifyProgram(t, program, environment, start)
				}
			})
		}
	}
}

// verifyProgram verifies every policy, and every route of every site.
func verifyProgram(t *testing.T, program *ir.Program, environment string, start conformance.Start) {
	t.Helper()
	upstream := httptest.NewServer(http.HandlerFunc(application))
	t.Cleanup(upstream.Close)
	addrs := start(t, program, environment, strings.TrimPrefix(upstream.URL, "http://"))
	at := func(name, path string, policy int, site *ir.Site) {
		v, _ := program.Policies[policy].Variant(environment)
		demandNothing(t, name+" at "+path+" in "+environment, verifyAt(t, "http://"+addrs[name]+path, v, site))
	}
	for i, p := range program.Policies {
		at(p.Name, "/things", i, nil)
	}
	for i := range program.Sites {
		s := &program.Sites[i]
		for _, route := range s.Routes {
			at(s.Name, route.Path, route.Policy, s)
		}
	}
}

func demandNothing(t *testing.T, name string, r *verify.Result) {
	t.Helper()
	for _, d := range r.Findings {
		t.Errorf("%s: %s %s: %s\n%s", name, d.Code, d.Summary, d.Detail, d.Command)
	}
	if r.Status != http.StatusOK {
		t.Errorf("%s: a GET is answered with %d", name, r.Status)
	}
}

const verifiedPolicy = `policy "app" {
  allow_origins     = ["https://app.example.com", "https://*.preview.example.com"]
  allow_methods     = ["PUT"]
  allow_headers     = ["Content-Type"]
  expose_headers    = ["ETag"]
  allow_credentials = true
  max_age           = 600
}
`

// TestVerifyNginxFiles verifies nginx before static files, whose errors and 304s
// are its own; and with what people add to it.
func TestVerifyNginxFiles(t *testing.T) {
	program := conformance.Compile(t, verifiedPolicy)
	tests := []struct {
		name, server string
		want         []string
	}{
		{"as it should be", "include cors/app.server.conf;\nlocation / {}", nil},
		{"an error page of its own", "include cors/app.server.conf;\nerror_page 404 /404.html;\nlocation / {}", nil},
		{"a header in a location drops those of the policy", "include cors/app.server.conf;\nlocation / { add_header X-Frame-Options DENY; }", []string{"C705"}},
		{"a header beside the policy", "include cors/app.server.conf;\nlocation / { include cors/app.headers.conf; add_header Access-Control-Allow-Origin *; }", []string{"C701", "C704"}},
		{"the snippet for wide open CORS", wideOpen, []string{"C701", "C705"}},
		{"the Origin sent back, without always", "add_header Access-Control-Allow-Origin $http_origin;\nlocation / {}", []string{"C701", "C707"}},
		{"a map without an end", "location / { if ($http_origin ~ ^https://app.example.com) { add_header Access-Control-Allow-Origin $http_origin; } }", []string{"C703", "C707"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := conformance.WriteNginx(t, program, emit.Options{})
			conformance.WriteFile(t, filepath.Join(dir, "www/things.txt"), []byte("things"))
			conformance.WriteFile(t, filepath.Join(dir, "www/404.html"), []byte("not here"))
			addrs := conformance.RunNginx(t, dir, 1, func(addrs []string) string {
				return fmt.Sprintf("include cors/http.conf;\nserver {\nlisten %s;\nroot %s/www;\n%s\n}\n", addrs[0], dir, test.server)
			})
			r := verifyAt(t, "http://"+addrs[0]+"/things.txt", &program.Policies[0].Variants[0], nil)
			demandCodes(t, r, test.want)
		})
	}
}

const wideOpen = `location / {
    if ($request_method = 'OPTIONS') {
        add_header 'Access-Control-Allow-Origin' '*';
        add_header 'Access-Control-Allow-Methods' 'GET, POST, OPTIONS';
        add_header 'Access-Control-Max-Age' 1728000;
        return 204;
    }
    if ($request_method = 'GET') {
        add_header 'Access-Control-Allow-Origin' '*' always;
    }
}`

// TestVerifyApacheFiles is the same for Apache.
func TestVerifyApacheFiles(t *testing.T) {
	program := conformance.Compile(t, verifiedPolicy)
	tests := []struct {
		name, host string
		want       []string
	}{
		{"as it should be", "Include app.vhost.conf", nil},
		{"a header once more", "Include app.vhost.conf\nHeader always add Access-Control-Allow-Origin *", []string{"C701", "C704"}},
		{"Header set without always", "Header set Access-Control-Allow-Origin *", []string{"C701", "C705"}},
		{"SetEnvIf without an end", `SetEnvIf Origin "^https://app\.example\.com" ok=$0` + "\nSetEnvIf Origin (.*) all=$1\nHeader always set Access-Control-Allow-Origin %{all}e env=ok", []string{"C703"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := conformance.NewApache(t)
			for _, f := range emitApache(t, program) {
				a.WriteFile(t, f.Path, string(f.Content))
			}
			a.WriteFile(t, "www/things.txt", "things")
			a.Hosts = []string{fmt.Sprintf("DocumentRoot %s/www\n<Directory %s/www>\nRequire all granted\n</Directory>\n%s", a.Dir, a.Dir, test.host)}
			r := verifyAt(t, "http://"+a.Start(t)[0]+"/things.txt", &program.Policies[0].Variants[0], nil)
			demandCodes(t, r, test.want)
		})
	}
}

func emitApache(t *testing.T, program *ir.Program) []emit.File {
	t.Helper()
	target := apache.Target()
	files, found := target.Print(program, emit.Options{})
	if len(found) > 0 {
		t.Fatal(found)
	}
	return files
}

// demandCodes demands that these codes are among the findings, or that there is
// none.
func demandCodes(t *testing.T, r *verify.Result, want []string) {
	t.Helper()
	if want == nil {
		demandNothing(t, "the server", r)
	}
	for _, code := range want {
		if !slices.ContainsFunc(r.Findings, func(d diag.Diagnostic) bool { return d.Code == code }) {
			t.Errorf("%s is not found: %+v", code, r.Findings)
		}
	}
}
