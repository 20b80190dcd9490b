package policy_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/origin"
	"github.com/corsgen/corsgen/policy"
)

const wholeNative = `
corsgen {
  required_version = ">= 0.1, < 2"
}

environments = ["development", "production"]

variable "app_origins" {
  type    = list(string)
  default = ["https://app.example.com"]
}

locals {
  previews = "https://pr-{digits}.preview.example.com"
}

origins "partners" {
  from = "partners.txt"
}

policy "app" {
  description       = "The web app"
  allow_origins     = concat(var.app_origins, [local.previews], origins.partners)
  allow_methods     = ["GET", "PUT"]
  allow_headers     = ["Content-Type"]
  expose_headers    = ["X-Request-Id"]
  allow_credentials = true
  max_age           = 7200
  preflight_status  = 200
  origin_gate       = false

  environment "development" {
    allow_origins = ["http://localhost:*"]
  }

  accept_risk "insecure-origin" {
    origins     = ["http://kiosk.example.com"]
    reason      = "store network"
    owner       = "retail"
    expires     = "2027-06-30"
    environment = "production"
  }
}

policy "public" {
  allow_origins = ["*"]
}

site "api" {
  route "/v1/" {
    policy = policy.app
  }
  route "/v1/public/" {
    policy = policy.public
  }
}

dev_proxy "api" {
  paths        = ["/api/", "/v1/"]
  upstream     = "http://LOCALHOST:80"
  strip_prefix = true
}

target "go" {
  path          = "internal/cors"
  package       = "cors"
  framework     = "gin"
  observe       = true
  fresh_writers = true
}

target "nginx" {
  path        = "./deploy/nginx/"
  environment = "production"
  prefix      = "site"

  server_version = "1.22"
}

target "apache" {
  path           = "."
  context        = "vhost"
  server_version = "2.4.66"
}

target "vite" {
  path = "web"
}
`

const wholeJSON = `{
  "//": "the same",
  "corsgen": {"required_version": ">= 0.1, < 2"},
  "environments": ["development", "production"],
  "variable": {"app_origins": {"type": "list(string)", "default": ["https://app.example.com"]}},
  "locals": {"previews": "https://pr-{digits}.preview.example.com"},
  "origins": {"partners": {"from": "partners.txt"}},
  "policy": {
    "app": {
      "description": "The web app",
      "allow_origins": "${concat(var.app_origins, [local.previews], origins.partners)}",
      "allow_methods": ["GET", "PUT"],
      "allow_headers": ["Content-Type"],
      "expose_headers": ["X-Request-Id"],
      "allow_credentials": true,
      "max_age": 7200,
      "preflight_status": 200,
      "origin_gate": false,
      "environment": {"development": {"allow_origins": ["http://localhost:*"]}},
      "accept_risk": {"insecure-origin": {
        "origins": ["http://kiosk.example.com"], "reason": "store network", "owner": "retail",
        "expires": "2027-06-30", "environment": "production"
      }}
    },
    "public": {"allow_origins": ["*"]}
  },
  "site": {"api": {"route": {
    "/v1/": {"policy": "${policy.app}"},
    "/v1/public/": {"policy": "${policy.public}"}
  }}},
  "dev_proxy": {"api": {"paths": ["/api/", "/v1/"], "upstream": "http://LOCALHOST:80", "strip_prefix": true}},
  "target": [
    {"go": {"path": "internal/cors", "package": "cors", "framework": "gin", "observe": true, "fresh_writers": true}},
    {"nginx": {"path": "./deploy/nginx/", "environment": "production", "prefix": "site", "server_version": "1.22"}},
    {"apache": {"path": ".", "context": "vhost", "server_version": "2.4.66"}},
    {"vite": {"path": "web"}}
  ]
}`

func pattern(t *testing.T, s string) policy.Origin {
	p, err := origin.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return policy.Origin{Pattern: p}
}

func attr[T any](v T) policy.Attr[T] { return policy.Attr[T]{Value: v, Set: true} }

func items(texts ...string) []policy.Item {
	var all []policy.Item
	for _, s := range texts {
		all = append(all, policy.Item{Text: s})
	}
	return all
}

// TestLoad reads the same program in both syntaxes.
func TestLoad(t *testing.T) {
	for name, src := range map[string]string{"cors.hcl": wholeNative, "web.cors.hcl.json": wholeJSON} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, name, src)
			write(t, dir, "other.hcl", "not read")
			write(t, dir, "partners.txt", "\ufeff# all of them\r\nhttps://p1.example.com\r\n\r\n  https://p2.example.com # new\n#https://p3.example.com")
			got, _, diags, err := policy.Load([]string{dir}, policy.Options{ToolVersion: "1.2.3"})
			if err != nil || len(diags) > 0 {
				t.Fatal(err, diags)
			}
			rule, _ := diag.LookupRule("C203")
			want := &policy.Program{
				Dir: dir, Sources: []string{name}, OriginFiles: []string{"partners.txt"}, Environments: items("development", "production"),
				Policies: []policy.Policy{
					{
						Name: "app",
						Settings: policy.Settings{
							Description: attr("The web app"),
							AllowOrigins: policy.Attr[[]policy.Origin]{Set: true, Varies: true, Value: []policy.Origin{
								pattern(t, "https://app.example.com"), pattern(t, "https://pr-{digits}.preview.example.com"),
								pattern(t, "https://p1.example.com"), pattern(t, "https://p2.example.com"),
							}},
							AllowMethods: attr(items("GET", "PUT")), AllowHeaders: attr(items("Content-Type")), ExposeHeaders: attr(items("X-Request-Id")),
							AllowCredentials: attr(true), MaxAge: attr(7200), PreflightStatus: attr(200), OriginGate: attr(false),
						},
						Environments: []policy.Environment{{Name: "development", Settings: policy.Settings{AllowOrigins: attr([]policy.Origin{pattern(t, "http://localhost:*")})}}},
						Accepted: []policy.AcceptedRisk{{
							Rule: rule, Origins: items("http://kiosk.example.com"), Environment: "production",
							Reason: "store network", Owner: "retail", Expires: time.Date(2027, 6, 30, 0, 0, 0, 0, time.UTC),
						}},
					},
					{Name: "public", Settings: policy.Settings{AllowOrigins: attr([]policy.Origin{{Any: true}})}},
				},
				Sites:      []policy.Site{{Name: "api", Routes: []policy.Route{{Path: "/v1/", Policy: "app"}, {Path: "/v1/public/", Policy: "public"}}}},
				DevProxies: []policy.DevProxy{{Name: "api", Paths: items("/api/", "/v1/"), Upstream: "http://localhost", StripPrefix: true}},
				Targets: []policy.Target{
					{Kind: "go", Path: "internal/cors", Package: "cors", Framework: "gin", Observe: true, FreshWriters: true},
					{Kind: "nginx", Path: "deploy/nginx", Environment: "production", Prefix: "site", ServerVersion: "1.22"},
					{Kind: "apache", Path: ".", Context: "vhost", ServerVersion: "2.4.66"},
					{Kind: "vite", Path: "web"},
				},
			}
			samePattern := cmp.Comparer(func(a, b origin.Pattern) bool { return a.String() == b.String() })
			if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(diag.Range{}), samePattern); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestLoadFiles reads one program from two files, whose names stand in ranges
// as they were given.
func TestLoadFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "web", "a.cors.hcl", "policy \"a\" {\n  allow_origins = [local.a]\n}\n")
	write(t, "web", "b.cors.hcl", "locals {\n  a = \"http:/x\"\n}\npolicy \"a\" {}\n")
	write(t, "other", "c.hcl", "")
	for _, paths := range [][]string{{"web"}, {"./web"}, {"web/b.cors.hcl", "web/a.cors.hcl", "./web/a.cors.hcl"}} {
		p, sources, diags, err := policy.Load(paths, policy.Options{})
		if err != nil || p.Dir != "web" || !slices.Equal(p.Sources, []string{"a.cors.hcl", "b.cors.hcl"}) {
			t.Errorf("%q: %v, %v, %q", paths, p, err, p.Sources)
		}
		if len(diags) == 0 || diags[0].Range.String() != filepath.Join("web", "b.cors.hcl")+":2:7" || sources[diags[0].Range.File] == nil {
			t.Errorf("%q: %v", paths, diags)
		}
	}
	for _, paths := range [][]string{{"web", "other/c.hcl"}, {"other"}, {"nowhere"}, {"web/nowhere.hcl"}} {
		if p, _, diags, err := policy.Load(paths, policy.Options{}); err == nil || len(diags) > 0 || p == nil {
			t.Errorf("%q: no error, %v", paths, diags)
		}
	}
}

func TestVariables(t *testing.T) {
	const src = `
variable "host" {
  type    = string
  default = "https://default.example"
}
variable "hosts" {
  type    = list(string)
  default = []
}
policy "app" {
  allow_origins = concat([var.host], var.hosts)
}`
	dir := t.TempDir()
	write(t, dir, "cors.hcl", src)
	write(t, dir, "a.hcl", "host = \"https://a.example\"\nhosts = [\"https://b.example\"]\n")
	write(t, dir, "b.json", `{"host": "https://c.example"}`)
	write(t, dir, "bad.hcl", "hots = 1\nhost = 7\nhosts = var.host\n")
	a, b, bad := filepath.Join(dir, "a.hcl"), filepath.Join(dir, "b.json"), filepath.Join(dir, "bad.hcl")
	tests := []struct {
		opts policy.Options
		want string // origins, or codes and columns of errors
	}{
		{policy.Options{}, "https://default.example"},
		{policy.Options{VarFiles: []string{a}}, "https://a.example https://b.example"},
		{policy.Options{VarFiles: []string{a, b}}, "https://c.example https://b.example"},
		{policy.Options{VarFiles: []string{b, a}}, "https://a.example https://b.example"},
		{policy.Options{VarFiles: []string{a}, Vars: []string{"host=https://v.example"}}, "https://v.example https://b.example"},
		{policy.Options{Vars: []string{`hosts=["https://v.example", "https://w.example"]`}}, "https://default.example https://v.example https://w.example"},
		{policy.Options{Vars: []string{`hosts=["https://v.example", "https://W.example"]`}}, "C104 --var hosts:1:23"},
		{policy.Options{Vars: []string{"host=https://V.example"}}, "C104 --var host:1:1"},
		{policy.Options{Vars: []string{"hosts=https://v.example"}}, "C001 --var hosts:1:6"},
		{policy.Options{Vars: []string{"hosts=7"}}, "C004 --var hosts:1:1"},
		{policy.Options{Vars: []string{"hosts=[7]"}}, "C004 --var hosts:1:2"},
		{policy.Options{Vars: []string{"hots=[]"}}, "C002 --var hots:1:1"},
		{policy.Options{VarFiles: []string{bad}}, "C002 " + bad + ":1:1 C004 " + bad + ":2:8 C002 " + bad + ":3:9"},
	}
	for _, tt := range tests {
		p, _, diags, err := policy.Load([]string{filepath.Join(dir, "cors.hcl")}, tt.opts)
		if err != nil {
			t.Errorf("%v: %v", tt.opts, err)
		}
		var got []string
		for _, d := range diags {
			got = append(got, d.Code+" "+d.Range.String())
		}
		if len(diags) == 0 {
			for _, o := range p.Policies[0].Settings.AllowOrigins.Value {
				got = append(got, o.Pattern.String())
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%v:\n got %s\nwant %s\n%v", tt.opts, s, tt.want, diags)
		}
	}
	for _, opts := range []policy.Options{{VarFiles: []string{"nowhere.hcl"}}, {Vars: []string{"host"}}} {
		if _, _, _, err := policy.Load([]string{dir}, opts); err == nil {
			t.Errorf("%v: no error", opts)
		}
	}
}

// TestOriginFile checks the places in an origin file.
func TestOriginFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "cors.hcl", app("origins \"a\" {\n  from = \"sub/a.txt\"\n}\n", "distinct(concat(origins.a, []))"))
	write(t, dir, "sub/a.txt", "\ufeffhttps://A.example\r\n\t https://b.example/ # comment\nhttps://c.example#d\n")
	_, sources, diags, err := policy.Load([]string{dir}, policy.Options{})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "sub", "a.txt")
	var got []string
	for _, d := range diags {
		got = append(got, fmt.Sprintf("%s %s %s", d.Code, d.Range, sources[file][d.Range.Start.Byte:d.Range.End.Byte]))
	}
	want := []string{
		"C104 " + file + ":1:1 https://A.example",
		"C101 " + file + ":2:3 https://b.example/",
		"C101 " + file + ":3:1 https://c.example#d",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestContainment checks that a policy reaches nothing outside its folder.
func TestContainment(t *testing.T) {
	outside := t.TempDir()
	write(t, outside, "secret.txt", "https://SECRET.example\n")
	dir := t.TempDir()
	write(t, dir, "inside.txt", "https://a.example\n")
	for name, to := range map[string]string{
		"link.txt": filepath.Join(outside, "secret.txt"), "up": outside, "relative": "../" + filepath.Base(outside),
		"good": "inside.txt", "dangling": "nowhere", "self": "self",
	} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	tests := []struct {
		attribute string
		ok        bool
	}{
		{`from = "inside.txt"`, true},
		{`from = "./inside.txt"`, true},
		{`from = "good"`, true},
		{`from = "link.txt"`, false},
		{`from = "up/secret.txt"`, false},
		{`from = "relative/secret.txt"`, false},
		{`from = "dangling"`, false},
		{`from = "self"`, false},
		{`from = "../x"`, false},
		{`from = ""`, false},
		{`from = "inside.txt/x"`, false},
		{`from = "a\u0000b"`, false},
		{`from = "a\\b"`, false},
		{`from = "/dev/zero"`, false},
		{`path = "new/folder"`, true},
		{`path = "up"`, false},
		{`path = "up/new"`, false},
		{`path = "relative/new/folder"`, false},
		{`path = "dangling/new"`, false},
		{`path = "self"`, false},
		{`path = "inside.txt"`, false},
		{`path = "inside.txt/new"`, false},
		{`path = ""`, false},
		{`path = "."`, true},
		{`path = "a/../.."`, false},
		{`path = "C:/x"`, false},
	}
	for _, tt := range tests {
		block := "origins \"a\""
		if strings.HasPrefix(tt.attribute, "path") {
			block = "target \"nginx\""
		}
		write(t, dir, "cors.hcl", block+" {\n  "+tt.attribute+"\n}\n")
		_, sources, diags, err := policy.Load([]string{dir}, policy.Options{})
		if err != nil {
			t.Errorf("%s: %v", tt.attribute, err)
		}
		if tt.ok == diags.HasErrors() || !tt.ok && diags[0].Code != "C008" {
			t.Errorf("%s: %v", tt.attribute, diags)
		}
		if s := fmt.Sprint(diags, sources); strings.Contains(s, "SECRET") || strings.Contains(s, "\x00") {
			t.Errorf("%s: %s", tt.attribute, s)
		}
	}
}

// TestHostile checks that messages show nothing that could steer a terminal, and
// no more of a value than tells which one it is.
func TestHostile(t *testing.T) {
	bad := "\u001b[31m\u202e" + strings.Repeat("long", 10_000)
	quoted := strings.NewReplacer("\u001b", `\u001b`).Replace(bad)
	for _, src := range []string{
		app("", `["`+quoted+`"]`),
		app("", `["https://`+quoted+`.example"]`),
		app("", "local."+strings.Repeat("é", 10_000)),
		app("", strings.Repeat("é", 10_000)+"()"),
		"policy \"" + quoted + "\" {}\n",
		"environments = [\"" + quoted + "\"]\n",
		"target \"" + quoted + "\" {}\n",
		"target \"go\" {\n  path = \"" + quoted + "\"\n  package = \"" + quoted + "\"\n environment = \"" + quoted + "\"\n}\n",
		"dev_proxy \"a\" {\n  paths = [\"" + quoted + "\"]\n  upstream = \"http://" + quoted + "\"\n}\n",
		"origins \"a\" {\n  from = \"" + quoted + "\"\n}\n",
		"corsgen {\n  required_version = \"" + quoted + "\"\n}\n",
		"policy \"a\" {\n  accept_risk \"" + quoted + "\" {}\n}\n",
		"a = \u202e1\n", "a = \x1b[31m\n", "\xff\xfe", "a = \"\x00\"\n",
	} {
		_, _, diags, err := policy.LoadReader(strings.NewReader(src), "cors.hcl", policy.Options{ToolVersion: "1.0.0"})
		if err != nil || len(diags) == 0 {
			t.Errorf("%.60q: %v, %v", src, err, diags)
		}
		for _, d := range diags {
			if s := d.Summary + d.Detail; strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == '\u202e' }) || len(s) > 2000 {
				t.Errorf("%.60q: %d bytes: %.300q", src, len(s), s)
			}
		}
	}
}

func TestNotRegular(t *testing.T) {
	_, _, _, err := policy.Load([]string{os.DevNull}, policy.Options{})
	if !errors.As(err, new(*fs.PathError)) {
		t.Errorf("error = %v", err)
	}
}
