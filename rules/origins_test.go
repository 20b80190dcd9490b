package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/policy"
	"github.com/corsgen/corsgen/rules"
)

// load checks a program of one file, beside which are others.
func load(t *testing.T, src string, others map[string]string) (diag.List, policy.Sources) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "cors.hcl")
	for name, text := range others {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(file, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	source, sources, found, err := policy.Load([]string{file}, policy.Options{})
	if err != nil || found.HasErrors() {
		t.Fatal(err, found)
	}
	program, _ := compile.Program(source)
	return rules.Check(source, program, time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)).Findings, sources
}

// shown returns the text at a place, with its line.
func shown(r diag.Range, sources policy.Sources) string {
	return fmt.Sprintf("%d %s", r.Start.Line, sources[r.File][r.Start.Byte:r.End.Byte])
}

// TestPlaces checks that a finding points at the element, whatever it goes
// through.
func TestPlaces(t *testing.T) {
	tests := []struct{ settings, want string }{
		{`allow_origins = concat(["https://a.example.com"], ["null"])`, `2 "null"`},
		{`allow_origins = [for h in ["a", "b"] : "http://${h}.example.com" if h != "a"]`, `2 "b"`},
		{`allow_origins = 1 > 2 ? ["https://a.example.com"] : ["http://a.example.com"]`, `2 "http://a.example.com"`},
		{`allow_origins = local.shared`, `5 "https://*.vercel.app"`},
		{`allow_origins = concat(["https://a.example.com"], origins.partners)`, `3 capacitor://localhost`},
		{`allow_origins = flatten([["https://a.example.com", "https://a.example.com:*"]])`, `2 "https://a.example.com"`},
	}
	for _, test := range tests {
		src := "policy \"app\" {\n" + test.settings + "\n}\n" + `locals {
  shared = ["https://*.vercel.app"]
}
origins "partners" {
  from = "partners.txt"
}
`
		found, sources := load(t, src, map[string]string{"partners.txt": "# of 2027\nhttps://b.example.com # main\n  capacitor://localhost\t# app\n"})
		if len(found) == 0 || shown(found[0].Range, sources) != test.want && shown(found[len(found)-1].Range, sources) != test.want {
			t.Errorf("%s: got %v, want %s", test.settings, found, test.want)
		}
	}
}

// TestSuperfluous checks which entry a finding names as the one that is enough,
// and that no fix takes an entry from a list that needs it.
func TestSuperfluous(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string // place, related place, and "fix" if there is one
	}{
		{
			"the widest entry", `policy "app" {
  allow_origins = ["https://a-1.example.com", "https://a-*.example.com", "https://*.example.com", "https://a-1.example.com"]
}`,
			[]string{
				`2 "https://a-1.example.com" 2 "https://*.example.com" fix`,
				`2 "https://a-*.example.com" 2 "https://*.example.com" fix`,
				`2 "https://a-1.example.com" 2 "https://a-1.example.com" fix`,
			},
		},
		{
			"a file", `policy "app" {
  allow_origins = concat(["https://*.example.com"], origins.partners)
}
origins "partners" {
  from = "partners.txt"
}`,
			[]string{`1 https://a.example.com 2 "https://*.example.com" fix`},
		},
		{
			"a shared list that another policy needs", `policy "app" {
  allow_origins = concat(["https://*.example.com"], origins.partners)
}
policy "partner" {
  allow_origins = origins.partners
}
origins "partners" {
  from = "partners.txt"
}`,
			[]string{`1 https://a.example.com 2 "https://*.example.com"`},
		},
		{
			"a shared list that every policy covers", `policy "app" {
  allow_origins = concat(["https://*.example.com"], origins.partners)
}
policy "partner" {
  allow_origins = concat(origins.partners, ["https://**.example.com"])
}
origins "partners" {
  from = "partners.txt"
}`,
			[]string{`1 https://a.example.com 5 "https://**.example.com" fix`, `1 https://a.example.com 2 "https://*.example.com" fix`},
		},
		{
			"a list joined with itself", `locals {
  mine = ["https://a.example.com"]
}
policy "app" {
  allow_origins = concat(local.mine, local.mine)
}`,
			[]string{`2 "https://a.example.com" 2 "https://a.example.com"`},
		},
		{
			"an environment", `environments = ["dev"]
policy "app" {
  allow_origins = ["https://a.example.com"]
  environment "dev" {
    allow_origins = ["https://a.example.com", "*"]
  }
}`,
			[]string{`5 "https://a.example.com" 5 "*" fix`},
		},
		{
			"variables, whose other values may need the entry", `variable "wide" {
  type    = bool
  default = true
}
locals {
  pattern = var.wide ? ["https://*.example.com"] : []
}
policy "app" {
  allow_origins = concat(local.pattern, ["https://a.example.com"], origins.partners)
}
policy "partner" {
  allow_origins = concat(origins.partners, ["https://**.example.com"])
}
origins "partners" {
  from = "partners.txt"
}`,
			[]string{
				`9 "https://a.example.com" 6 "https://*.example.com"`,
				`1 https://a.example.com 12 "https://**.example.com"`,
				`1 https://a.example.com 9 "https://a.example.com"`,
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found, sources := load(t, test.src, map[string]string{"partners.txt": "https://a.example.com\n"})
			var got []string
			for _, d := range found {
				if d.Code != "C111" && d.Code != "C125" {
					continue
				}
				text := shown(d.Range, sources) + " " + shown(d.Related[0].Range, sources)
				if d.Fix != nil {
					text += " fix"
				}
				got = append(got, text)
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

// TestOnce checks that what environments inherit is one finding, the most severe
// that it is in any of them.
func TestOnce(t *testing.T) {
	found := check(t, `
environments = ["development", "staging", "production"]
policy "app" {
  allow_origins = ["https://app.example.com", "http://localhost:3000", "null", "https://*.vercel.app"]
  environment "staging" {
    allow_credentials = true
  }
  environment "development" {
    max_age = 60
  }
}`)
	want := []string{
		`error C205 "http://localhost:3000"`, `error C107 "null"`, `error C113 "https://*.vercel.app"`,
	}
	if d := cmp.Diff(want, found); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestSound lists what must not be found fault with.
func TestSound(t *testing.T) {
	for _, settings := range []string{
		`allow_origins = ["*"]`,
		`allow_origins = ["https://app.example.com", "https://example.com"]
		 allow_credentials = true`,
		`allow_origins = ["https://pr-{digits}.preview.example.com", "https://deploy-preview-*.example.com"]
		 allow_credentials = true`,
		`allow_origins = ["https://intranet", "https://wiki.corp", "https://[2001:db8::1]:8443", "https://203.0.113.7"]
		 allow_credentials = true`,
		`allow_origins = ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*", "https://*.test", "https://**.internal:*"]`,
		`allow_origins = ["https://*.my-shop.pages.dev", "https://my-shop.vercel.app", "https://xn--bcher-kva.example.com"]
		 allow_credentials = true`,
	} {
		for _, f := range check(t, "policy \"app\" {\n"+settings+"\n}") {
			if !strings.HasPrefix(f, "note") {
				t.Errorf("%s: %s", settings, f)
			}
		}
	}
}

// TestManyOrigins checks that no rule compares each origin with all others.
func TestManyOrigins(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var file strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&file, "https://a%d.example.com\nhttps://*.b%d.example.com\n", i%49_000, i)
	}
	src := "policy \"app\" {\n  allow_origins = origins.many\n  allow_credentials = true\n}\norigins \"many\" {\n  from = \"many.txt\"\n}\n"
	start := time.Now()
	found, _ := load(t, src, map[string]string{"many.txt": file.String()})
	duplicates := 0
	for _, d := range found {
		if d.Code == "C125" {
			duplicates++
		}
	}
	if took := time.Since(start); duplicates != 1000 || took > time.Minute {
		t.Errorf("%d duplicates after %v", duplicates, took)
	}
}

// TestTooManyFindings checks that a long list with the same mistake everywhere
// fills neither the memory nor the screen, and passes for no better than it is.
func TestTooManyFindings(t *testing.T) {
	var file strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&file, "http://a%d.example.com\n", i)
	}
	src := "policy \"app\" {\n  allow_origins = origins.many\n}\norigins \"many\" {\n  from = \"many.txt\"\n}\npolicy \"strict\" {\n  allow_origins = [\"null\"]\n}\n"
	found, _ := load(t, src, map[string]string{"many.txt": file.String()})
	last := found[slices.IndexFunc(found, func(d diag.Diagnostic) bool { return d.Code == "C007" })]
	if len(found) != 10_001 || last.Severity != diag.Error {
		t.Errorf("%d findings, %v", len(found), last)
	}
}

// TestAdvice checks that the messages say what to write instead, and what is at
// stake.
func TestAdvice(t *testing.T) {
	const cookies = "\n  allow_credentials = true"
	tests := []struct{ settings, want string }{
		{`allow_origins = ["https://*.pages.dev"]`, `write "https://*.project.pages.dev" with the name of your project`},
		{`allow_origins = ["https://app-*.vercel.app"]` + cookies, `with the user's cookies. Previews there are called PROJECT-HASH-TEAM.vercel.app`},
		{`allow_origins = ["https://*.github.io"]`, `as in "https://*.preview.example.com"`},
		{`allow_origins = ["https://app.example.com:*"]`, `as in "https://app.example.com".`},
		{`allow_origins = ["http://*.shop.example.com"]` + cookies, `write "https://*.shop.example.com"`},
		{`allow_origins = ["http://intranet"]`, `the whole list can be ["*"]`},
		{`allow_origins = ["https://**.shop.example.com"]` + cookies, `write "https://*.shop.example.com" for one level`},
		{`allow_origins = ["https://*.example.com"]`, `Add "https://example.com"`},
		{`allow_origins = ["null"]`, `in policy "app": accept_risk "null-origin" { origins = ["null"], reason, owner, expires }.`},
		{`allow_origins = ["moz-extension://0b3f2c1a-1111-2222-3333-444455556666"]`, `another one with each installation`},
	}
	for _, test := range tests {
		found, _ := load(t, "policy \"app\" {\n  "+test.settings+"\n}\n", nil)
		said := slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return strings.Contains(d.Detail, test.want) })
		if !said {
			t.Errorf("%s: nothing says %q: %v", test.settings, test.want, found)
		}
	}
}
