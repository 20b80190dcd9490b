package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/policy"
	"github.com/corsgen/corsgen/rules"
)

// TestRoutesThatChangeNothing notes a route where the narrowest one around it has
// the same policy.
func TestRoutesThatChangeNothing(t *testing.T) {
	tests := []struct {
		routes string // path=policy
		want   []string
	}{
		{"/v1/=app /v1/public/=public /v1/public/admin=app", nil},
		{"/v1/=app /v1/public/=app", []string{"/v1/public/"}},
		{"/v1/=app /v1/x=app /v1=app /v10/=app", []string{"/v1/x"}},
		{"/=app /v1/=public /v1/x/=app /v1/x/y=app", []string{"/v1/x/y"}},
		{"/v1=app /v1/=app", nil},
	}
	for _, test := range tests {
		src := "policy \"app\" {\n  allow_origins = [\"*\"]\n}\npolicy \"public\" {\n  allow_origins = [\"*\"]\n}\nsite \"api\" {\n"
		for route := range strings.FieldsSeq(test.routes) {
			path, name, _ := strings.Cut(route, "=")
			src += "route \"" + path + "\" {\n policy = policy." + name + "\n}\n"
		}
		source, _, found, err := policy.LoadReader(strings.NewReader(src+"}\n"), "cors.hcl", policy.Options{})
		if err != nil || len(found) > 0 {
			t.Fatal(err, found)
		}
		program, _ := compile.Program(source)
		var got []string
		for _, d := range rules.Check(source, program, time.Time{}).Findings {
			if d.Code != "C606" || d.Severity != diag.Note || len(d.Related) != 1 {
				t.Errorf("%s: %+v", test.routes, d)
			}
			got = append(got, strings.Split(d.Summary, `"`)[1])
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%s (-want +got)\n%s", test.routes, d)
		}
	}
}
