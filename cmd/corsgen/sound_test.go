package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const everyTarget = `
target "go" {
  path = "out/gocors"
}

target "nginx" {
  path = "out/nginx"
}

target "apache" {
  path = "out/apache"
}
`

// TestSoundPolicies checks that policies as careful people write them have no
// errors and no warnings, and that every target can be generated. Whoever is
// warned of nothing learns to look past warnings.
func TestSoundPolicies(t *testing.T) {
	native, err := filepath.Glob("../../testdata/sound/*.hcl")
	if err != nil {
		t.Fatal(err)
	}
	written, err := filepath.Glob("../../testdata/sound/*.hcl.json")
	if err != nil || len(native)+len(written) < 40 {
		t.Fatal(err, len(native), len(written))
	}
	for _, file := range append(native, written...) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if status, out, errs := corsgen("check", "--fail-on", "warning", file); status != 0 {
				t.Errorf("%s%s", out, errs)
			}
			if status, _, _ := corsgen("fmt", "--check", file); status != 0 {
				t.Error("not in canonical layout")
			}
			generateAll(t, file)
		})
	}
}

// generateAll generates every target for a policy, in every environment, and runs
// its tests.
func generateAll(t *testing.T, file string) {
	dir := t.TempDir()
	name, text := filepath.Base(file), readFile(t, file)
	if !strings.Contains(name, ".cors.") {
		name = strings.Replace(name, ".hcl", ".cors.hcl", 1)
	}
	files := map[string]string{
		name: text, "targets.cors.hcl": everyTarget,
		"partners.txt": readFile(t, "../../testdata/sound/partners.txt"),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if status, _, errs := corsgen("generate", dir); status != 0 {
		t.Errorf("generate: %s", errs)
	}
	if status, out, errs := corsgen("test", dir); status != 0 {
		t.Errorf("test: %s%s", out, errs)
	}
	for _, environment := range []string{"development", "staging", "production"} {
		if !strings.Contains(text, `"`+environment+`"`) {
			continue
		}
		if status, _, errs := corsgen("generate", "--stdout", "--environment", environment, dir); status != 0 {
			t.Errorf("generate --environment %s: %s", environment, errs)
		}
	}
	for _, pattern := range []string{"out/gocors/cors.gen.go", "out/nginx/*.conf", "out/apache/*.conf"} {
		if found, _ := filepath.Glob(filepath.Join(dir, pattern)); len(found) == 0 {
			t.Errorf("no %s", pattern)
		}
	}
}
