package explain_test

import (
	"path/filepath"
	"testing"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/explain"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/policy"
)

// TestGoldenPolicies asks the policies of all golden cases for what they allow,
// as a page of each of their origins: a browser must let it pass.
func TestGoldenPolicies(t *testing.T) {
	files, err := filepath.Glob("../testdata/golden/*/policy.hcl")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		source, _, _, err := policy.Load([]string{file}, policy.Options{})
		if err != nil {
			t.Fatal(err)
		}
		p, _ := compile.Program(source)
		for i := range p.Policies {
			for j := range p.Policies[i].Variants {
				v := &p.Policies[i].Variants[j]
				a := &explain.Answerer{Policy: &p.Policies[i], Variant: v, Evaluator: eval.New(v)}
				askAll(t, file, a, v)
			}
		}
	}
}

// askAll asks as a page of each pattern, and as a stranger.
func askAll(t *testing.T, file string, a *explain.Answerer, v *ir.Variant) {
	t.Helper()
	r := browser.Request{Origin: "https://stranger.test", Credentials: browser.Omit}
	for _, h := range v.Actual.Allowed.Set {
		if h.Name == "Access-Control-Allow-Credentials" {
			r.Credentials = browser.Include
		}
	}
	ask := func(origin string, want bool) {
		r.Origin = origin
		o, err := a.Fetch(r)
		if err != nil || o.Allowed() != want {
			t.Errorf("%s: %s: %s: %v %v", file, a, origin, o.Reason, err)
		}
	}
	ask(r.Origin, v.Origins.Any)
	for n, p := range v.Origins.Patterns {
		if n < 20 {
			ask(p.Example(), true)
		}
	}
}
