package diff_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/diff"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/policy"
)

func program(t *testing.T, text string) *ir.Program {
	t.Helper()
	source, _, found, err := policy.LoadReader(strings.NewReader(text), "cors.hcl", policy.Options{})
	if err != nil || found.HasErrors() {
		t.Fatal(err, found, text)
	}
	p, found := compile.Program(source)
	if found.HasErrors() {
		t.Fatal(found, text)
	}
	return p
}

// app is a policy with more attributes.
func app(lines ...string) string {
	return "policy \"app\" {\n  allow_origins = [\"https://app.example.com\"]\n  " + strings.Join(lines, "\n  ") + "\n}\n"
}

const public = "policy \"public\" {\n  allow_origins = [\"*\"]\n}\n"

func site(name string, routes ...string) string {
	text := "site \"" + name + "\" {\n"
	for _, r := range routes {
		path, p, _ := strings.Cut(r, "=")
		text += "  route \"" + path + "\" {\n    policy = policy." + p + "\n  }\n"
	}
	return text + "}\n"
}

// told is what a difference says, a line for each subject and each change.
func told(d *diff.Diff) []string {
	var lines []string
	for i := range d.Subjects {
		s := &d.Subjects[i]
		lines = append(lines, s.Title())
		for j := range s.Changes {
			lines = append(lines, fmt.Sprintf("  %s: %s", s.Changes[j].Effect, s.Sentence(&s.Changes[j])))
		}
	}
	return lines
}

func TestCompare(t *testing.T) {
	const who = "pages of https://app.example.com"
	for _, test := range []struct {
		name, old, new string
		want           []string
	}{
		{"order, case and what needs no permission", app(`allow_methods = ["PUT", "DELETE"]`, `allow_headers = ["X-A", "x-b"]`, `expose_headers = ["ETag"]`), app(`allow_methods = ["GET", "DELETE", "PUT"]`, `allow_headers = ["X-B", "X-a"]`, `expose_headers = ["etag", "Content-Type"]`), nil},
		{"any method covers all", app(`allow_methods = ["PUT"]`), app(`allow_methods = ["*"]`), []string{"policy app", "  widens: " + who + " may now send any method"}},
		{"any header but Authorization", app(`allow_headers = ["Authorization", "X-A"]`), app(`allow_headers = ["*"]`), []string{
			"policy app", "  widens: " + who + " may now set any request header", "  narrows: " + who + " may no longer set the header Authorization",
		}},
		{"with credentials any header is any", app(`allow_headers = ["*", "Authorization"]`), app(`allow_headers = ["*"]`, `allow_credentials = true`), []string{"policy app", "  widens: requests may now carry cookies"}},
		{"gate", app(`origin_gate = true`), app(), []string{"policy app", "  widens: requests from refused origins now reach the handler"}},
		{"exposed", app(`expose_headers = ["ETag", "Link"]`), app(`expose_headers = ["Link"]`), []string{"policy app", "  narrows: " + who + " may no longer read the header ETag"}},
		{"what a browser only notices", app(`max_age = 60`), app(`max_age = 600`, `preflight_status = 200`), []string{
			"policy app", "  neutral: a browser remembers a preflight 600 s, before 60 s", "  neutral: preflights are answered with 200, before with 204",
		}},
		{"any origin", app(), strings.Replace(app(), "https://app.example.com", "*", 1), []string{"policy app", "  widens: pages of any site but https://app.example.com may now read responses"}},
		{"added", app(), app() + public, []string{"policy public, added", "  widens: pages of any site may now read responses"}},
		{"removed", app() + public, app(), []string{"policy public, removed", "  narrows: pages of any site may no longer read responses"}},
		{"renamed", app() + public, app() + strings.Replace(public, "public", "open", 1), []string{"policy open, renamed from public"}},
		{"renamed with its routes", public + site("api", "/=public"), strings.Replace(public, "public", "open", 1) + site("api", "/=open"), []string{"policy open, renamed from public"}},
		{"a site renamed", public + site("api", "/=public"), public + site("www", "/=public"), []string{"site www, renamed from api"}},
		{"a route that changes nothing", public + site("api", "/=public", "/a/=public"), public + site("api", "/=public"), nil},
		{"a route to a policy that is the same", public + app() + strings.Replace(public, "public", "open", 1) + site("api", "/=public"), public + app() + strings.Replace(public, "public", "open", 1) + site("api", "/=open"), nil},
		{"another policy", app() + public + site("api", "/=app", "/a=app"), app() + public + site("api", "/=app", "/a=public"), []string{
			"route api /a: policy public in place of app", "  widens: pages of any site but https://app.example.com may now read responses",
		}},
		{"a path is no longer apart", app() + public + site("api", "/=app", "/a=public"), app() + public + site("api", "/=app"), []string{
			"route api /a: policy app in place of public", "  narrows: pages of any site but https://app.example.com may no longer read responses",
		}},
		{"a route more", public + site("api", "/a=public"), public + site("api", "/a=public", "/b/=public"), []string{
			"route api /b/, added: policy public", "  widens: pages of any site may now read responses",
		}},
		{"one environment", "environments = [\"dev\", \"live\"]\n" + app(), "environments = [\"dev\", \"live\"]\n" + app("environment \"dev\" {\n    allow_origins = [\"http://localhost:*\"]\n  }"), []string{
			"policy app (dev)", "  widens: pages of localhost on any port over plain http may now read responses", "  narrows: " + who + " may no longer read responses",
		}},
		{"the same in two environments, in one with cookies", "environments = [\"live\"]\n" + app("environment \"live\" {\n    allow_credentials = true\n  }"), "environments = [\"live\"]\n" + strings.Replace(app("environment \"live\" {\n    allow_credentials = true\n  }"), "[", "[\"https://b.example.com\", ", 1), []string{
			"policy app (base)", "  widens: pages of https://b.example.com may now read responses",
			"policy app (live)", "  widens: pages of https://b.example.com may now read responses, with cookies",
		}},
		{"an environment more", app(), "environments = [\"dev\"]\n" + app(`environment "dev" {
    max_age = 1
  }`), []string{"policy app (dev)", "  neutral: a browser remembers a preflight 1 s, before for a time of its own", "environment dev, added"}},
		{"from nothing", "", app(`allow_methods = ["PUT"]`, `allow_credentials = true`), []string{
			"policy app, added", "  widens: " + who + " may now read responses and send PUT, with cookies", "  widens: requests may now carry cookies",
			"  widens: " + who + " may now send PUT, with cookies",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			old := &ir.Program{}
			if test.old != "" {
				old = program(t, test.old)
			}
			d := diff.Compare(old, program(t, test.new))
			if diff := cmp.Diff(test.want, told(d)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if d.Same() != (test.want == nil) {
				t.Errorf("same: %v", d.Same())
			}
		})
	}
}

func TestCompareTargets(t *testing.T) {
	p := program(t, "environments = [\"dev\", \"live\"]\n"+app("environment \"dev\" {\n    allow_origins = [\"http://localhost:3000\"]\n  }")+public)
	d := diff.Compare(p, p, diff.Target{Name: "nginx deploy", OldEnvironment: "live", NewEnvironment: "dev"}, diff.Target{Name: "apache deploy", NewEnvironment: "live"})
	want := []string{
		"target nginx deploy: environment dev in place of live: policy app",
		"  widens: pages of http://localhost:3000 may now read responses",
		"  narrows: pages of https://app.example.com may no longer read responses",
	}
	if diff := cmp.Diff(want, told(d)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestHeadlineOfMany checks that what lets somebody in is told before what does
// not, wherever it is in the program.
func TestHeadlineOfMany(t *testing.T) {
	open := strings.Replace(app(`allow_credentials = true`), "app", "zzz", 1)
	old := app() + public + open
	new := app(`expose_headers = ["ETag"]`) + strings.Replace(public, `"*"]`, `"*"]`+"\n  expose_headers = [\"ETag\"]", 1) + strings.Replace(open, "https://", "https://*.", 1)
	got := diff.Compare(program(t, old), program(t, new)).Headline()
	if want := "Widens and narrows policy zzz: pages of any direct subdomain of app.example.com may now read responses, with cookies; and 1 more of it; elsewhere 2 widened."; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestCompareMany checks that the time does not grow with the square of the
// number of policies.
func TestCompareMany(t *testing.T) {
	many := func(name string) *ir.Program {
		p := program(t, app())
		template := p.Policies[0]
		p.Policies = nil
		for i := range 20_000 {
			template.Name = fmt.Sprint(name, i)
			p.Policies = append(p.Policies, template)
		}
		return p
	}
	start := time.Now()
	if d := diff.Compare(many("a"), many("b")); len(d.Subjects) != 20_000 {
		t.Errorf("%d subjects", len(d.Subjects))
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("took %v", d)
	}
}

// TestMarkdownOfHostileWords checks that nothing that an author writes is more than
// text in a comment: no tag, link, mention or line of its own.
func TestMarkdownOfHostileWords(t *testing.T) {
	d := diff.Compare(program(t, app()), program(t, app("allow_methods = [\"`X`|*~!\", \"_Y_\", \"GH-1\", \"#12\"]")+strings.NewReplacer(`"app"`, `"www"`, "https://", "https://**.www.").Replace(app())))
	d.Accepted = []diff.Acceptance{{
		Policy: "app", Code: "C203", Slug: "insecure-origin", Origins: []string{"http://a.example"}, Owner: "@everyone",
		Reason: "<img src=x>\n\n# Approved\x1b[2J `://[here](http://evil.example) </details> www.evil.example", Expires: "2027-01-01",
	}}
	d.Findings = diag.List{{Code: "C203", Summary: "`</details>` @ada `://[there](http://evil.example)"}}
	var b strings.Builder
	if err := d.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	spans := regexp.MustCompile("(?s)````http.*?````\n|`` .*? ``|`[^`]*`").ReplaceAllString(text, "")
	for _, bad := range []string{"<img", "#", "\x1b", "]", "@", "GH-", "www.", "_", "\\", "&"} {
		if strings.Contains(spans, bad) {
			t.Errorf("outside of spans of code the comment has %q:\n%s", bad, text)
		}
	}
	text = spans
	if n, m := strings.Count(text, "<details>"), strings.Count(text, "</details>"); n != m {
		t.Errorf("%d details are opened and %d closed:\n%s", n, m, text)
	}
}

// TestMarkdownOfMuch checks that a comment is never longer than a service takes.
func TestMarkdownOfMuch(t *testing.T) {
	var old, new strings.Builder
	for i := range 40 {
		host := strings.Repeat(fmt.Sprintf("a-long-name-of-a-host-%d.", i), 8) + "example.com"
		fmt.Fprintf(&old, "policy \"p%d\" {\n  allow_origins = [\"https://app.example.com\"]\n}\n", i)
		fmt.Fprintf(&new, "policy \"p%d\" {\n  allow_origins = [\"https://*.%s\", \"https://**.x.%s\"]\n}\n", i, host, host)
	}
	d := diff.Compare(program(t, old.String()), program(t, new.String()))
	for range 200 {
		risk := diff.Acceptance{Policy: "p0", Code: "C203", Slug: "insecure-origin", Reason: strings.Repeat("`a", 5000), Owner: strings.Repeat("b", 5000)}
		for range 100 {
			risk.Origins = append(risk.Origins, "https://"+strings.Repeat("a-long-name.", 30)+"example.com")
		}
		d.Accepted = append(d.Accepted, risk)
		d.Findings = append(d.Findings, diag.Diagnostic{Code: "C203", Summary: strings.Repeat("long ", 300)})
	}
	var b strings.Builder
	if err := d.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); len(text) > 65_000 || !strings.Contains(text, "are left out, for length") {
		t.Errorf("%d bytes:\n%.500s", len(text), text)
	}
}
