package policy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/policy"
)

// FuzzLoad checks that no source in native syntax panics or hangs, and that
// what is reported has a code and a place.
func FuzzLoad(f *testing.F) {
	f.Add(wholeNative)
	files, _ := filepath.Glob("testdata/errors/*.hcl")
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	for _, expr := range []string{
		"[for k, v in {a = [1]} : v...]", "{for k, v in {a = [1]} : k => v...}", "[1, \"a\", null][*]", "null[*].a", "\"%{for a in [1]}${a}%{else}\"",
		"\"%{if true}a%{else}b%{endif}\"", "<<-E\n  ${1}\n E\n", "format(\"%v %q %d\", [1], \"a\", 2)", "merge({a = 1}, null)", "lookup({}, \"a\", [])",
		"concat(null...)", "flatten([null, [[]]])", "distinct([null, 1, \"1\"])", "sort([])", "keys({})", "values({a = local.x})", "1 % 0", "-null", "!\"a\"",
		"local.a.*.b", "local[*]", "var[\"a\"]", "(a) ? b : c", "{(null) = 1}", "{\"${1}\" = 2}", "split(\"\", \"abc\")", "join(null, [])", "contains([null], null)",
		"length(\"a\")", "replace(\"a\", \"\", \"b\")", "trimsuffix(\"a\", null)",
	} {
		f.Add(app("locals {\n  x = "+expr+"\n}\n", expr))
	}
	f.Fuzz(func(t *testing.T, src string) { fuzzLoad(t, src, "cors.hcl") })
}

// FuzzLoadJSON is FuzzLoad for JSON syntax.
func FuzzLoadJSON(f *testing.F) {
	f.Add(wholeJSON)
	for _, src := range []string{
		`[{"locals": [{"a": 1}, {"b": "${local.a}"}]}]`, `{"policy": {"a": [null, 1]}}`, `{"policy": []}`, `{"policy": {"a": null}}`, `{"locals": {"a": "${"}}`,
		`{"variable": {"a": {"type": "list(", "default": {"${a}": "%{if}"}}}}`, `{"environments": "${[for"}`, `{"a": tru}`, `{"a": 1e9999}`, `{"a": "\ud800"}`, `nul`, `"`,
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) { fuzzLoad(t, src, "a.cors.hcl.json") })
}

func fuzzLoad(t *testing.T, src, name string) {
	start := time.Now()
	p, sources, diags, err := policy.LoadReader(strings.NewReader(src), name, policy.Options{ToolVersion: "1.0.0"})
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	if err != nil || p == nil || sources == nil {
		t.Fatal(p, sources, err)
	}
	for _, d := range diags {
		if _, ok := diag.LookupRule(d.Code); !ok || d.Range.File == "" || d.Range.Start.Line < 1 || d.Range.Start.Column < 1 || d.Summary == "" {
			t.Errorf("%+v", d)
		}
		if !utf8.ValidString(d.Summary+d.Detail) || strings.ContainsAny(d.Summary+d.Detail, "\n\x1b\x00") {
			t.Errorf("%q", d.Summary+d.Detail)
		}
	}
	again, _, diagsAgain, _ := policy.LoadReader(strings.NewReader(src), name, policy.Options{ToolVersion: "1.0.0"})
	if len(diags) != len(diagsAgain) || len(p.Policies) != len(again.Policies) {
		t.Errorf("a second time: %v, %v", diags, diagsAgain)
	}
}
