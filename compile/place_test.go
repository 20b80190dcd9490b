package compile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/policy"
)

// TestWithoutPlaces checks a program that no file was read for: lists without a place
// are not taken for each other.
func TestWithoutPlaces(t *testing.T) {
	items := func(text string) policy.Attr[[]policy.Item] {
		return policy.Attr[[]policy.Item]{Set: true, Value: []policy.Item{{Text: text}}}
	}
	p, found := compile.Program(&policy.Program{Policies: []policy.Policy{{Name: "app", Settings: policy.Settings{
		AllowOrigins: policy.Attr[[]policy.Origin]{Set: true, Value: []policy.Origin{{Any: true}}},
		AllowMethods: items("PUT"), AllowHeaders: items("X-A"), ExposeHeaders: items("X-B"),
	}}}})
	if found.HasErrors() {
		t.Fatal(found)
	}
	got := map[string]string{}
	v := p.Policies[0].Variants[0]
	for _, r := range []ir.Response{v.Preflight.Allowed, v.Actual.Allowed} {
		for _, h := range r.Set {
			got[h.Name] = h.Value.Const
		}
	}
	want := map[string]string{
		"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "PUT", "Access-Control-Allow-Headers": "X-A", "Access-Control-Expose-Headers": "X-B",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
