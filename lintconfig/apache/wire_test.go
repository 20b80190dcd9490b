package apache_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/emit"
	emitted "github.com/corsgen/corsgen/emit/apache"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/lintconfig/apache"
)

// A wireCase is a configuration that passes configtest and answers wrong, and
// the same as the finding says to write it. Virtual hosts are separated by a
// line "--"; the request goes to the last.
type wireCase struct {
	name     string
	ask      conformance.Probe
	global   string // lines outside of virtual hosts
	htaccess string
	bad      string
	wrong    string
	findings []string
	good     string
	right    string
}

const app = "https://app.example.com"

var (
	get       = conformance.Probe{Method: "GET", Path: "/page.html", Origin: app}
	preflight = conformance.Probe{Method: "OPTIONS", Path: "/page.html", Origin: app, Fields: []string{"Access-Control-Request-Method: PUT"}}
)

const (
	list   = "SetEnvIf Origin \"^https://(app|www)\\.example\\.com$\" o=$0\n"
	secure = "SSLEngine on\nSSLCertificateFile cert.pem\nSSLCertificateKeyFile key.pem\nSSLCACertificateFile cert.pem\n"
)

var wireCases = []wireCase{
	{
		name: "Header set after the policy", ask: get,
		bad:   "Include app.vhost.conf\nHeader set Access-Control-Allow-Origin *",
		wrong: "200 [https://app.example.com *]", findings: []string{"C504"},
		good:  "Include app.vhost.conf",
		right: "200 [https://app.example.com]",
	},
	{
		name: "Header always set in a Location", ask: get,
		bad:   "<Location />\nHeader always set Access-Control-Allow-Origin https://www.example.com\n</Location>\nInclude app.vhost.conf",
		wrong: "200 [https://www.example.com]", findings: []string{"C504"},
		good:  "Include app.vhost.conf",
		right: "200 [https://app.example.com]",
	},
	{
		name: "Header in a section of the whole server", ask: get,
		global: "<Directory />\nHeader always unset Access-Control-Allow-Origin\n</Directory>",
		bad:    "Include app.vhost.conf",
		wrong:  "200 []", findings: []string{"C504"},
		right: "200 [https://app.example.com]", // without the lines
	},
	{
		name: "Header in .htaccess", ask: get, htaccess: "Header add Access-Control-Allow-Origin *",
		bad:   "<Directory www>\nAllowOverride FileInfo\n</Directory>\nInclude app.vhost.conf",
		wrong: "200 [https://app.example.com *]", findings: []string{"C504"},
		right: "200 [https://app.example.com]", // without the file
	},
	{
		name: "Vary is replaced", ask: get.Showing("Vary"),
		bad:   "Include app.vhost.conf\nHeader always set Vary Accept",
		wrong: "200 [Accept]", findings: []string{"C504"},
		good:  "Include app.vhost.conf\nHeader always merge Vary Accept",
		right: "200 [Origin,Accept]",
	},
	{
		name: "a policy in IfModule", ask: get,
		bad:   "<IfModule mod_cors.c>\nInclude app.vhost.conf\n</IfModule>",
		wrong: "200 []", findings: []string{"C507"},
		good:  "Include app.vhost.conf",
		right: "200 [https://app.example.com]",
	},
	{
		name: "a policy in IfDefine", ask: get,
		bad:   "<IfDefine CORS>\nInclude app.vhost.conf\n</IfDefine>",
		wrong: "200 []", findings: []string{"C507"},
		good:  "Include app.vhost.conf",
		right: "200 [https://app.example.com]",
	},
	{
		name: "IncludeOptional of no file", ask: get,
		bad:   "IncludeOptional cors/app*.conf",
		wrong: "200 []", findings: []string{"C507"},
		good:  "Include app.vhost.conf",
		right: "200 [https://app.example.com]",
	},
	{
		name: "two policies", ask: get,
		bad:   "Include app.vhost.conf\nInclude other.vhost.conf",
		wrong: "500 []", findings: []string{"C508"},
		good:  "Include app.vhost.conf",
		right: "200 [https://app.example.com]",
	},
	{
		name: "client certificates", ask: preflight.TLS(),
		bad:   secure + "SSLVerifyClient require\nInclude app.vhost.conf",
		wrong: "no answer", findings: []string{"C506"},
		good:  secure + "SSLVerifyClient optional\n<Location \"/\">\nRequire expr %{SSL_CLIENT_VERIFY} == 'SUCCESS'\n</Location>\nInclude app.vhost.conf",
		right: "204 [https://app.example.com]",
	},
	{
		name: "the Origin is taken away early", ask: get,
		bad:   "RequestHeader unset Origin early\nInclude app.vhost.conf",
		wrong: "200 []", findings: []string{"C515"},
		good:  "RequestHeader unset Origin\nInclude app.vhost.conf",
		right: "200 [https://app.example.com]",
	},
	{
		name: "a virtual host without the policy", ask: get,
		bad:   "Include app.vhost.conf\n--\n",
		wrong: "200 []", findings: []string{"C513"},
		good:  "Include app.vhost.conf\n--\nInclude app.vhost.conf",
		right: "200 [https://app.example.com]",
	},

	// Without corsgen.
	{
		name: "AllowOverride None", ask: get, htaccess: "Header always set Access-Control-Allow-Origin https://app.example.com",
		bad:   "<Directory www>\nAllowOverride None\n</Directory>",
		wrong: "200 []", findings: []string{"C509"},
		good:  "<Directory www>\nAllowOverride FileInfo\n</Directory>",
		right: "200 [https://app.example.com]",
	},
	{
		name: "no AllowOverride", ask: get, htaccess: "Header always set Access-Control-Allow-Origin https://app.example.com",
		bad: "", wrong: "500 []", findings: []string{"C509"},
		good:  "<Directory www>\nAllowOverride FileInfo\n</Directory>",
		right: "200 [https://app.example.com]",
	},
	{
		name: "AllowOverride without FileInfo", ask: get, htaccess: "Header always set Access-Control-Allow-Origin https://app.example.com",
		bad:   "<Directory www>\nAllowOverride AuthConfig\n</Directory>",
		wrong: "500 []", findings: []string{"C509"},
		good:  "<Directory www>\nAllowOverride AuthConfig FileInfo\n</Directory>",
		right: "200 [https://app.example.com]",
	},
	{
		name: "an expression without anchors", ask: get.From("https://app.example.com.evil.example"),
		bad:   "SetEnvIf Origin app\\.example\\.com o=yes\nSetEnvIf Origin (.+) v=$1\nHeader always set Access-Control-Allow-Origin %{v}e env=o\nHeader always merge Vary Origin",
		wrong: "200 [https://app.example.com.evil.example]", findings: []string{"C531", "C531"},
		good:  list + "Header always set Access-Control-Allow-Origin %{o}e env=o\nHeader always merge Vary Origin",
		right: "200 []",
	},
	{
		name: "an expression in .htaccess", ask: get.From("https://evilexample.com"),
		htaccess: "SetEnvIf Origin ^https://.*example\\.com$ o=$0\nHeader always set Access-Control-Allow-Origin %{o}e env=o\nHeader always merge Vary Origin",
		bad:      "<Directory www>\nAllowOverride FileInfo\n</Directory>",
		wrong:    "200 [https://evilexample.com]", findings: []string{"C531"},
		right: "200 []", // without the file
	},
	{
		name: "an expression with a bare dot in a RewriteCond", ask: get.From("https://appxexample.com"),
		bad: "RewriteEngine On\nRewriteCond %{HTTP:Origin} ^https?://app.example.com$ [NC]\nRewriteRule .* - [E=o:%{HTTP:Origin}]\n" +
			"Header always set Access-Control-Allow-Origin %{o}e env=o\nHeader always merge Vary Origin",
		wrong: "200 [https://appxexample.com]", findings: []string{"C531"},
		good: "RewriteEngine On\nRewriteCond %{HTTP:Origin} ^https?://app\\.example\\.com$ [NC]\nRewriteRule .* - [E=o:%{HTTP:Origin}]\n" +
			"Header always set Access-Control-Allow-Origin %{o}e env=o\nHeader always merge Vary Origin",
		right: "200 []",
	},
	{
		name: "an expression without an end in an If", ask: get.From("https://www.example.com.evil.example"),
		bad: "<If \"%{HTTP:Origin} =~ m#^https://(app|www)\\.example\\.com#\">\nHeader always set Access-Control-Allow-Origin expr=%{HTTP:Origin}\n" +
			"Header always merge Vary Origin\n</If>",
		wrong: "200 [https://www.example.com.evil.example]", findings: []string{"C531"},
		good: "<If \"%{HTTP:Origin} =~ m#^https://(app|www)\\.example\\.com$#\">\nHeader always set Access-Control-Allow-Origin expr=%{HTTP:Origin}\n" +
			"Header always merge Vary Origin\n</If>",
		right: "200 []",
	},
	{
		name: "an expression without an end whose match is sent", ask: get.From("https://www.example.com.evil.example"),
		bad: "SetEnvIf Origin ^https://(app|www)\\.example\\.com o=$0\nHeader always set Access-Control-Allow-Origin expr=%{HTTP:Origin} env=o\n" +
			"Header always merge Vary Origin",
		wrong: "200 [https://www.example.com.evil.example]", findings: []string{"C531"},
		good: "SetEnvIf Origin ^https://(app|www)\\.example\\.com o=$0\nHeader always set Access-Control-Allow-Origin %{o}e env=o\n" +
			"Header always merge Vary Origin",
		right: "200 [https://www.example.com]", // which browsers refuse
	},
	{
		name: "the origin echoed, with credentials", ask: get.From("https://evil.example"),
		bad:   "Header always set Access-Control-Allow-Origin expr=%{HTTP:Origin}\nHeader always set Access-Control-Allow-Credentials true\nHeader always merge Vary Origin",
		wrong: "200 [https://evil.example]", findings: []string{"C532"},
		good:  list + "Header always set Access-Control-Allow-Origin %{o}e env=o\nHeader always set Access-Control-Allow-Credentials true env=o\nHeader always merge Vary Origin",
		right: "200 []",
	},
	{
		name: "no always", ask: get.At("/none"),
		bad:   "Header set Access-Control-Allow-Origin https://app.example.com",
		wrong: "404 []", findings: []string{"C533"},
		good:  "Header always set Access-Control-Allow-Origin https://app.example.com",
		right: "404 [https://app.example.com]",
	},
	{
		name: "no Vary", ask: get.Showing("Vary"),
		bad:   list + "Header always set Access-Control-Allow-Origin %{o}e env=o",
		wrong: "200 []", findings: []string{"C534"},
		good:  list + "Header always set Access-Control-Allow-Origin %{o}e env=o\nHeader always merge Vary Origin",
		right: "200 [Origin]",
	},
	{
		name: "any origin with credentials", ask: get,
		bad:   "Header always set Access-Control-Allow-Origin *\nHeader always set Access-Control-Allow-Credentials true",
		wrong: "200 [*]", findings: []string{"C535"},
		good:  list + "Header always set Access-Control-Allow-Origin %{o}e env=o\nHeader always set Access-Control-Allow-Credentials true env=o\nHeader always merge Vary Origin",
		right: "200 [https://app.example.com]",
	},
	{
		name: "several origins", ask: get,
		bad:   "Header always set Access-Control-Allow-Origin \"https://app.example.com https://www.example.com\"",
		wrong: "200 [https://app.example.com https://www.example.com]", findings: []string{"C536"},
		good:  list + "Header always set Access-Control-Allow-Origin %{o}e env=o\nHeader always merge Vary Origin",
		right: "200 [https://app.example.com]",
	},
	{
		name: "a line for each origin", ask: get,
		bad:   "Header always set Access-Control-Allow-Origin https://app.example.com\nHeader always set Access-Control-Allow-Origin https://www.example.com",
		wrong: "200 [https://www.example.com]", findings: []string{"C537"},
		good:  list + "Header always set Access-Control-Allow-Origin %{o}e env=o\nHeader always merge Vary Origin",
		right: "200 [https://app.example.com]",
	},
	{
		name: "two lines are sent", ask: get,
		bad:   "Header always add Access-Control-Allow-Origin https://app.example.com\nHeader always add Access-Control-Allow-Origin https://www.example.com",
		wrong: "200 [https://app.example.com https://www.example.com]", findings: []string{"C537"},
		good:  list + "Header always set Access-Control-Allow-Origin %{o}e env=o\nHeader always merge Vary Origin",
		right: "200 [https://app.example.com]",
	},
	{
		name: "a password for preflights", ask: preflight,
		bad: "Header always set Access-Control-Allow-Origin https://app.example.com\n<Location />\nAuthType Basic\nAuthName x\nAuthUserFile users\nRequire valid-user\n" +
			"Header always set Access-Control-Allow-Origin https://app.example.com\nHeader always set Access-Control-Allow-Headers Authorization\n</Location>",
		wrong: "401 [https://app.example.com]", findings: []string{"C538"},
		good: "Header always set Access-Control-Allow-Origin https://app.example.com\n<Location />\nAuthType Basic\nAuthName x\nAuthUserFile users\n" +
			"<LimitExcept OPTIONS>\nRequire valid-user\n</LimitExcept>\n" +
			"Header always set Access-Control-Allow-Origin https://app.example.com\nHeader always set Access-Control-Allow-Headers Authorization\n</Location>",
		right: "200 [https://app.example.com]",
	},
}

// TestWire proves every finding on a real Apache: it answers wrong, the finding
// says so, and after the change that the finding asks for it answers right and
// there is no finding.
func TestWire(t *testing.T) {
	t.Parallel()
	for _, test := range wireCases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			answer, findings := test.serve(t, test.bad, true)
			if answer != test.wrong {
				t.Errorf("before: answered %s, want %s", answer, test.wrong)
			}
			if d := cmp.Diff(test.findings, findings); d != "" {
				t.Errorf("before: findings (-want +got)\n%s", d)
			}
			keep := test.good != ""
			if !keep { // the line is somewhere else
				test.good = test.bad
			}
			answer, findings = test.serve(t, test.good, keep)
			if answer != test.right {
				t.Errorf("after: answered %s, want %s", answer, test.right)
			}
			if len(findings) > 0 {
				t.Errorf("after: findings %v", findings)
			}
		})
	}
}

// serve runs an Apache, sends the request to its last virtual host, and returns
// the answer and the codes of the findings. With others it has the global lines
// and the .htaccess file too.
func (c wireCase) serve(t *testing.T, hosts string, others bool) (answer string, codes []string) {
	t.Helper()
	a := conformance.NewApache(t)
	a.Modules = append(a.Modules, "ssl", "env", "auth_basic", "authn_core", "authn_file", "authz_user")
	files, found := emitted.Emit(program(t), emit.Options{})
	if found.HasErrors() {
		t.Fatal(found)
	}
	for _, f := range files {
		a.WriteFile(t, f.Path, string(f.Content))
	}
	a.WriteFile(t, "www/page.html", "a page")
	conformance.WriteCertificate(t, a.Dir)
	if others {
		a.Global = c.global
		if c.htaccess != "" {
			a.WriteFile(t, "www/.htaccess", c.htaccess+"\n")
		}
	}
	for host := range strings.SplitSeq(hosts, "--\n") {
		a.Hosts = append(a.Hosts, "DocumentRoot www\n"+strings.ReplaceAll(host, "<Directory www>", "<Directory "+filepath.Join(a.Dir, "www")+">"))
	}
	addrs := a.Start(t)
	return c.ask.Send(t, addrs[len(addrs)-1]), codesOf(t, filepath.Join(a.Dir, "httpd.conf"))
}

func codesOf(t *testing.T, file string) []string {
	t.Helper()
	result := apache.Lint(file)
	var codes []string
	for _, d := range result.Findings {
		codes = append(codes, d.Code)
		if d.Range.Start.Line == 0 || len(result.Sources[d.Range.File]) == 0 {
			t.Errorf("%s has no place: %v", d.Code, d.Range)
		}
	}
	slices.Sort(codes)
	return codes
}
