package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/docs"
	"github.com/corsgen/corsgen/ir"
)

// TestFixableRules checks that check --fix mends the bad examples of all rules
// with a fix, and that it leaves the good ones alone.
func TestFixableRules(t *testing.T) {
	for _, r := range diag.Rules() {
		if !r.Fixable || r.Planned {
			continue
		}
		page := rulePage.FindStringSubmatch(docs.RulePage(r.Code))
		if page == nil {
			t.Errorf("%s has no page", r.Code)
			continue
		}
		for _, block := range codeBlock.FindAllStringSubmatch(page[4]+page[5], -1) {
			file := filepath.Join(t.TempDir(), "cors.hcl")
			writeFile(t, file, block[2])
			if status, out, errs := corsgen("check", "--fix", "--fail-on", "warning", file); status != 0 || strings.Contains(out, r.Code) {
				t.Errorf("%s is not mended: %s%s", r.Code, out, errs)
			}
			mended := readFile(t, file)
			if good := strings.Contains(page[5], block[2]); good && mended != block[2] {
				t.Errorf("the good example of %s has changed: %s", r.Code, mended)
			}
			corsgen("check", "--fix", file)
			if again := readFile(t, file); again != mended {
				t.Errorf("%s: %q became %q", r.Code, mended, again)
			}
		}
	}
}

// FuzzMend checks that fixes leave a policy that still parses, that a second run
// finds nothing to do, and that a policy without errors means what it meant, but
// for the elements that the findings are about.
func FuzzMend(f *testing.F) {
	for _, r := range diag.Rules() {
		for _, block := range codeBlock.FindAllStringSubmatch(docs.RulePage(r.Code), -1) {
			if block[1] == "hcl" && r.Code != "C007" { // which takes its time
				f.Add(block[2])
			}
		}
	}
	f.Add(`{"origins": {"p": {"from": "partners.txt"}}, "policy": {"app": {"allow_origins": ["https://A.example.com", "https://b.example.com/ https://c.example.com"],
		"allow_methods": ["get", "OPTIONS"], "allow_headers": ["Host"], "accept_risk": [{"C107": {"origins": ["null"], "reason": "r", "owner": "o", "expires": "2099-01-01"}}]}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 {
			return
		}
		dir := t.TempDir()
		name := "cors.hcl"
		if strings.HasPrefix(text, "{") {
			name = "app.cors.hcl.json"
		}
		writeFile(t, filepath.Join(dir, name), text)
		writeFile(t, filepath.Join(dir, "partners.txt"), "https://partner.example.org\n")
		m := &mender{in: &input{}, cmd: &cobra.Command{}, paths: []string{dir}}
		before, err := m.in.load(m.cmd, m.paths)
		if err != nil {
			return
		}
		after, err := m.mend(before)
		if err != nil {
			t.Fatal(err)
		}
		checkMended(t, before, after, m.fixed)
		if len(m.fixed) == 0 {
			return
		}
		again := &mender{in: m.in, cmd: m.cmd, paths: m.paths}
		if _, err := again.mend(after); err != nil || len(again.fixed) > 0 && m.tries > 0 {
			t.Errorf("%s\nbecame\n%s\nand has more to fix: %v %v", text, after.sources[filepath.Join(dir, name)], again.fixed, err)
		}
	})
}

func checkMended(t *testing.T, before, after *loaded, fixed diag.List) {
	t.Helper()
	was, is := languageErrors(before), languageErrors(after)
	if len(is) > len(was) {
		t.Errorf("new errors of the language: %v", is)
	}
	if slices.ContainsFunc(before.findings, func(d diag.Diagnostic) bool {
		rule, _ := diag.LookupRule(d.Code)
		return d.Severity == diag.Error && !rule.Risk
	}) {
		return
	}
	mentioned := map[string]bool{}
	for _, d := range fixed {
		for _, text := range append(d.Fix.New, d.Fix.Old) {
			mentioned[text] = d.Code != "C111" && d.Code != "C125" && d.Code != "C603"
		}
	}
	if d := cmp.Diff(meaning(before.program, mentioned), meaning(after.program, mentioned)); d != "" {
		t.Errorf("the policy means something else (-before +after)\n%s", d)
	}
}

func languageErrors(l *loaded) []string {
	var out []string
	for _, d := range l.findings {
		if d.Code < "C1" {
			out = append(out, d.Summary)
		}
	}
	return out
}

// meaning returns what a program answers, without the texts mentioned and without
// order.
func meaning(p *ir.Program, mentioned map[string]bool) map[string][]string {
	out := map[string][]string{}
	for _, policy := range p.Policies {
		for _, v := range policy.Variants {
			words := map[string]bool{}
			for _, o := range v.Origins.Patterns {
				words["origin "+o.String()] = true
			}
			for _, h := range slices.Concat(v.Preflight.Allowed.Set, v.Actual.Allowed.Set) {
				for word := range strings.SplitSeq(h.Value.Const, ", ") {
					if !mentioned[word] {
						words[h.Name+" "+word] = true
					}
				}
			}
			out[policy.Name+" "+v.Environment] = slices.Sorted(maps.Keys(words))
		}
	}
	return out
}

// TestMendSafely checks that a file that changes while fixes are sought is left
// alone, and so are the others.
func TestMendSafely(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "a.cors.hcl"), filepath.Join(dir, "b.cors.hcl")
	writeFile(t, first, "policy \"a\" {\n  allow_origins = [\"https://A.example.com\"]\n}\n")
	writeFile(t, second, "policy \"b\" {\n  allow_origins = [\"https://B.example.com\"]\n}\n")
	m := &mender{in: &input{}, cmd: &cobra.Command{}, paths: []string{dir}}
	l, err := m.in.load(m.cmd, m.paths)
	if err != nil {
		t.Fatal(err)
	}
	if l, err = m.mend(l); err != nil || len(m.fixed) != 2 {
		t.Fatal(err, m.fixed)
	}
	writeFile(t, second, "# mine\n")
	if err := m.write(l); err == nil || !strings.Contains(err.Error(), "b.cors.hcl: it has changed in the meantime") {
		t.Errorf("%v", err)
	}
	if !strings.Contains(readFile(t, first), "https://A.example.com") || readFile(t, second) != "# mine\n" {
		t.Error("a file was overwritten")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("%d files are left", len(entries))
	}
}
