package policy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/policy"
)

// TestOriginFixes checks what is to stand where, for each way in which a policy
// can write an origin.
func TestOriginFixes(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.cors.hcl": `policy "app" {
  allow_origins = concat(["https://a.example:443", "https://*a.example/", "http://010.0.0.1"], [for h in ["B.example"] : "https://${h}"], origins.partners)
}
origins "partners" {
  from = "partners.txt"
}`,
		"b.cors.hcl.json": `{"policy": {"web": {"allow_origins": ["https:\/\/c.example\/", "https://d.example, e.example"]}}}`,
		"c.cors.hcl": `locals {
  host = "g.example"
}
policy "shared" {
  allow_origins = [local.host, "https://${local.host}:8443"]
}`,
		"partners.txt": "# partners\n\thttps://f.example/x # until June\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, sources, diags, err := policy.Load([]string{dir}, policy.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range diags {
		at := string(sources[d.Range.File][d.Range.Start.Byte:d.Range.End.Byte])
		if d.Fix == nil {
			got = append(got, at+" stays")
			continue
		}
		if d.Fix.Range != d.Range {
			t.Errorf("%v: the fix is at %v", d, d.Fix.Range)
		}
		got = append(got, fmt.Sprintf("%s = %s: %s", at, d.Fix.Old, d.Fix.New))
	}
	want := []string{
		`"https://a.example:443" = https://a.example:443: [https://a.example]`,
		`"https://*a.example/" stays`,
		`"http://010.0.0.1" stays`,
		`"B.example" = https://B.example: [https://b.example]`, // for package fix to refuse
		`"https:\/\/c.example\/" = https://c.example/: [https://c.example]`,
		`"https://d.example, e.example" = https://d.example, e.example: [https://d.example https://e.example]`,
		`"g.example" stays`, // a part of another entry
		`https://f.example/x = https://f.example/x: [https://f.example]`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}
