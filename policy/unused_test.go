package policy_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/policy"
)

// TestUnused demands a warning at the name of each variable, local and origins
// block that no expression refers to, and of each dev proxy that no target prints.
func TestUnused(t *testing.T) {
	const proxied = "policy \"app\" {\n allow_origins = [\"*\"]\n}\ndev_proxy \"api\" {\n paths = [\"/api/\"]\n upstream = \"http://localhost\"\n}\n"
	const used = `
policy "app" {
  allow_origins = concat(var.a, [local.b], origins.c)
}
`
	const declared = `
variable "a" {
  type    = list(string)
  default = ["https://a.example"]
}
locals {
  b = "https://b.example"
}
origins "c" {
  list = ["https://c.example"]
}
`
	tests := []struct {
		name, src string
		want      []string
	}{
		{"all are used", declared + used, nil},
		{"none is", declared + "policy \"app\" {\n allow_origins = [\"*\"]\n}\n", []string{`"a"`, `b`, `"c"`}},
		{"used by a loop", declared + "policy \"app\" {\n allow_origins = flatten([for o in [var.a, origins.c] : concat(o, [local.b])])\n}\n", nil},
		{"used by what is not", declared + "policy \"app\" {\n allow_origins = [\"*\"]\n}\nlocals {\n d = concat(var.a, [local.b], origins.c)\n}", []string{"d"}},
		{"used in an environment", declared + "environments = [\"dev\"]\npolicy \"app\" {\n allow_origins = [\"*\"]\n environment \"dev\" {\n allow_origins = concat(var.a, origins.c, [local.b])\n}\n}", nil},
		{"used by a dev proxy", "locals {\n b = \"http://localhost\"\n}\npolicy \"app\" {\n allow_origins = [\"*\"]\n}\ndev_proxy \"api\" {\n paths = [\"/api/\"]\n upstream = local.b\n}", nil},
		{"a dev proxy and no target", proxied, nil},
		{"a dev proxy and a server", proxied + "target \"go\" {\n path = \"cors\"\n}\n", []string{`"api"`}},
		{"a dev proxy and a development server", proxied + "target \"go\" {\n path = \"cors\"\n}\ntarget \"cra\" {\n path = \"web\"\n}\n", nil},
		{"a variable of the same name", "locals {\n b = 1\n}\npolicy \"app\" {\n allow_origins = [for b in [\"https://a.example\"] : b]\n}", []string{"b"}},
		{"used by what cannot be read", declared + "polcy \"app\" {\n allow_origins = concat(var.a, [local.b], origins.c)\n}\n", nil},
		{"a policy without a route", declared + used + "policy \"more\" {\n allow_origins = [\"*\"]\n}\nsite \"api\" {\n route \"/\" {\n policy = policy.app\n}\n}\n", nil},
	}
	for _, test := range tests {
		_, _, found, err := policy.LoadReader(strings.NewReader(test.src), "cors.hcl", policy.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range found {
			if d.Code == "C610" && d.Severity == diag.Warning {
				got = append(got, test.src[d.Range.Start.Byte:d.Range.End.Byte])
			}
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, d)
		}
	}
}

// TestUnusedInJSON checks that names in templates of the JSON syntax count.
func TestUnusedInJSON(t *testing.T) {
	const src = `{"locals": {"a": "https://a.example", "b": "https://b.example"}, "policy": {"app": {"allow_origins": ["${local.a}"]}}}`
	_, _, found, err := policy.LoadReader(strings.NewReader(src), "cors.hcl.json", policy.Options{})
	if err != nil || len(found) != 1 || found[0].Code != "C610" || src[found[0].Range.Start.Byte:found[0].Range.End.Byte] != `"b"` {
		t.Errorf("%v %v", err, found)
	}
}
