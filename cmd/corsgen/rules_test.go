package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/docs"
	"github.com/corsgen/corsgen/policy"
)

// rulePage is a page of docs/rules: a headline, a line about the severity, what
// the rule means, a bad and a good example.
var rulePage = regexp.MustCompile(`(?s)^# ([^\n]*)\n\n(\*\*[^\n]*)\n\n(.+)\n\n## Bad\n\n(.+)\n\n## Good\n\n(.+)$`)

// TestRulePages keeps the pages in step with the rules: what they say of
// severity, fixes and acceptance, that the bad example yields the rule and no
// other error or warning, and that the good one yields none at all.
func TestRulePages(t *testing.T) {
	for _, r := range diag.Rules() {
		t.Run(r.Code, func(t *testing.T) {
			t.Parallel()
			m := rulePage.FindStringSubmatch(docs.RulePage(r.Code))
			if m == nil {
				t.Fatalf("docs/rules/%s.md is not there, or not of the form that the others have", r.Code)
			}
			if d := cmp.Diff(fmt.Sprintf("%s %s: %s", r.Code, r.Slug, r.Title), m[1]); d != "" {
				t.Errorf("headline (-want +got)\n%s", d)
			}
			severity := map[diag.Severity]string{diag.Error: "**Error**", diag.Warning: "**Warning**", diag.Note: "**Note**"}[r.Severity]
			for text, want := range map[string]bool{severity: true, "`corsgen check --fix`": r.Fixable, "accept_risk": r.Risk} {
				if strings.Contains(m[2], text) != want {
					t.Errorf("the line about severity: has %s %v, want %v", text, !want, want)
				}
			}
			if !strings.Contains(m[3], "](https://") && r.Code > "C1" && r.Code < "C5" {
				t.Error("there is no link to the standard or to research")
			}
			if r.Code == "C608" {
				compareExample(t, m[4], 1)
				compareExample(t, m[5], 0)
				return
			}
			if r.Code > "C7" {
				verifyExample(t, r, m[4], r.Code)
				verifyExample(t, r, m[5], "")
				return
			}
			checkExample(t, r, m[4], r.Code)
			checkExample(t, r, m[5], "")
		})
	}
}

// codeBlock is an example in a page.
var codeBlock = regexp.MustCompile("(?s)```([a-z]*)\n(.*?)```")

// checkExample runs the examples of a section, each of which must yield the code
// if there is one, and no other error or warning. What nginx reads are lines for
// its http block, what Apache reads are lines of its main file.
func checkExample(t *testing.T, r diag.Rule, section, code string) {
	t.Helper()
	blocks := codeBlock.FindAllStringSubmatch(section, -1)
	if len(blocks) == 0 {
		t.Error("a section has no example")
	}
	var got []finding
	for _, block := range blocks {
		switch language, text := block[1], block[2]; {
		case strings.HasPrefix(text, "# /srv/"): // is there with the others
		case language == "hcl":
			got = checkPolicy(t, text, code == "")
		case language == "nginx":
			got = lintExample(t, "nginx", "events {}\nhttp {\n"+text+"}\n", blocks)
		case language == "apache":
			got = lintExample(t, "apache", "ServerRoot /srv\n"+text, blocks)
		case language == "text": // for the reader
			continue
		default:
			t.Errorf("an example is in %q", language)
			continue
		}
		judge(t, r, code, got)
	}
}

// compareExample runs diff on the two programs of a section.
func compareExample(t *testing.T, section string, want int) {
	t.Helper()
	dir := t.TempDir()
	for i, block := range codeBlock.FindAllStringSubmatch(section, -1) {
		writeFile(t, filepath.Join(dir, []string{"old.cors.hcl", "new.cors.hcl"}[i]), block[2])
	}
	status, out, errs := corsgen("diff", "--fail-on", "widen", filepath.Join(dir, "old.cors.hcl"), filepath.Join(dir, "new.cors.hcl"))
	if status != want {
		t.Errorf("diff ends with %d, want %d:\n%s%s", status, want, out, errs)
	}
}

// finding is what the tests read of a finding in JSON.
type finding struct{ Code, Severity, Summary string }

func judge(t *testing.T, r diag.Rule, code string, got []finding) {
	t.Helper()
	if r.Planned {
		code = ""
	}
	found := false
	for _, f := range got {
		found = found || f.Code == r.Code
		if f.Code != code && !bearable(r, code, f) {
			t.Errorf("an example has a finding: %+v", f)
		}
	}
	if code != "" && !found {
		t.Errorf("a bad example yields %v and not %s", got, code)
	}
}

// bearable reports whether an example may have a finding beside that of the code.
func bearable(r diag.Rule, code string, f finding) bool {
	switch {
	case f.Code == "C220": // a reminder that stays
		return true
	case f.Severity == "note":
		return f.Code != r.Code
	default: // what an incomplete block does not accept is found too
		other, _ := diag.LookupRule(f.Code)
		return code == "C601" && other.Risk
	}
}

// checkPolicy returns the findings about a policy. A good one is in canonical
// layout.
func checkPolicy(t *testing.T, text string, good bool) []finding {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cors.hcl")
	writeFile(t, file, text)
	if good {
		if status, out, errs := corsgen("fmt", "--check", file); status != 0 {
			t.Errorf("a good example is not in canonical layout: %s%s", out, errs)
		}
	}
	// A build for tests has no version, which would satisfy every policy.
	_, _, found, err := policy.Load([]string{file}, policy.Options{ToolVersion: "1.0.0"})
	if err != nil {
		t.Fatal(err)
	}
	got := findings(t, "check", "--format", "json", file)
	for _, d := range found {
		if d.Code == "C009" {
			got = append(got, finding{Code: d.Code, Severity: d.Severity.String()})
		}
	}
	return got
}

// lintExample returns the findings about a configuration in /srv, beside which
// are the files of the policies app and other in /srv/cors, and the files of
// blocks that name one in their first line.
func lintExample(t *testing.T, server, config string, blocks [][]string) []finding {
	t.Helper()
	dir := t.TempDir()
	local := func(text string) string { return strings.ReplaceAll(text, "/srv", dir) }
	writeFile(t, filepath.Join(dir, "cors.hcl"), `
policy "app" {
  allow_origins     = ["https://app.example.com"]
  allow_methods     = ["PUT"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
}
policy "other" {
  allow_origins = ["https://*.example.org"]
}
target "`+server+`" {
  path = "cors"
}
`)
	if status, _, errs := corsgen("generate", filepath.Join(dir, "cors.hcl")); status != 0 {
		t.Fatal(errs)
	}
	for _, block := range blocks {
		if first, rest, _ := strings.Cut(block[2], "\n"); strings.HasPrefix(first, "# /srv/") {
			writeFile(t, local(strings.TrimPrefix(first, "# ")), rest)
		}
	}
	file := filepath.Join(dir, "server.conf")
	writeFile(t, file, local(config))
	return findings(t, "lint-config", server, "--format", "json", file)
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func findings(t *testing.T, args ...string) []finding {
	t.Helper()
	status, out, errs := corsgen(args...)
	var report struct{ Diagnostics []finding }
	if err := json.Unmarshal([]byte(out), &report); err != nil || status > 1 {
		t.Fatalf("%v: %v\n%s", args, err, errs)
	}
	return report.Diagnostics
}

// TestEveryPageHasItsRule finds pages of rules that are not there any more.
func TestEveryPageHasItsRule(t *testing.T) {
	files, err := filepath.Glob("../../docs/rules/C*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		code := strings.TrimSuffix(filepath.Base(file), ".md")
		if !slices.ContainsFunc(diag.Rules(), func(r diag.Rule) bool { return r.Code == code }) {
			t.Errorf("%s is not about any rule", file)
		}
	}
}
