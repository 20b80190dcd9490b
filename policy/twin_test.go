package policy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/policy"
)

// TestTwins checks that no character turns into another one between the file
// and the policy: cty reads the Kelvin sign as a K.
func TestTwins(t *testing.T) {
	for _, text := range []string{"\u212a", "\u037e", "\u1fef", `\u212A`, `\U0000212a`, `\u1FEF`} {
		src := "policy \"app\" {\n  allow_origins = [\"app://x" + text + "\"]\n}\n"
		_, _, found, err := policy.LoadReader(strings.NewReader(src), "cors.hcl", policy.Options{})
		if err != nil || len(found) != 1 || found[0].Code != "C005" || found[0].Range.Start.Line != 2 || found[0].Range.Start.Column != 28 {
			t.Errorf("%q: %v, %v", text, found, err)
		}
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"cors.hcl": "origins \"x\" {\n  from = \"list.txt\"\n}\nvariable \"v\" {\n  type    = string\n  default = \"\"\n}\n",
		"list.txt": "app://\u212aelvin\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	_, _, found, err := policy.Load([]string{dir}, policy.Options{Vars: []string{"v=\u212a"}})
	if err != nil || len(found) != 2 || found[0].Code != "C005" || found[1].Code != "C005" {
		t.Errorf("%v, %v", found, err)
	}
}

// TestUnreadOrigins checks that a list of which nothing could be read is not
// taken for an empty one.
func TestUnreadOrigins(t *testing.T) {
	for _, list := range []string{`["https://a.example/"]`, `[1]`, `[null]`, `[{ a = 1 }]`, `var.x`, `[local.x]`} {
		src := "policy \"app\" {\n  allow_origins = " + list + "\n}\n"
		p, _, found, err := policy.LoadReader(strings.NewReader(src), "cors.hcl", policy.Options{})
		if err != nil || len(found) != 1 || p.Policies[0].Settings.AllowOrigins.Set {
			t.Errorf("%s: %v, %v", list, found, err)
		}
	}
	p, _, _, _ := policy.LoadReader(strings.NewReader("policy \"app\" {\n  allow_origins = []\n}\n"), "cors.hcl", policy.Options{})
	if !p.Policies[0].Settings.AllowOrigins.Set {
		t.Error("an empty list is not taken for one")
	}
}
