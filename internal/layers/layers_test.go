// Package layers holds the test that keeps packages in their layers.
package layers

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/corsgen/corsgen/"

// allowed says what each package may import besides the standard library. Names
// with a dot are modules, others packages of this module. Packages below
// internal/ that serve tests, and the command, may import all.
var allowed = map[string][]string{
	"diag":           {},
	"origin":         {"golang.org/x/net"},
	"ir":             {"diag", "origin"},
	"policy":         {"browser/reason", "diag", "origin", "github.com/hashicorp/hcl/v2", "github.com/zclconf/go-cty", "github.com/agext/levenshtein"},
	"compile":        {"diag", "origin", "ir", "policy"},
	"eval":           {"origin", "ir"},
	"emit":           {"diag", "ir"},
	"emit/go":        {"diag", "origin", "ir", "emit", "github.com/dave/jennifer"},
	"emit/nginx":     {"diag", "origin", "ir", "emit"},
	"emit/apache":    {"diag", "origin", "ir", "emit"},
	"emit/node":      {"diag", "ir", "emit"},
	"emit/devproxy":  {"diag", "ir", "emit", "emit/node"},
	"emit/vite":      {"diag", "ir", "emit", "emit/node", "emit/devproxy"},
	"emit/cra":       {"diag", "ir", "emit", "emit/node", "emit/devproxy"},
	"emit/all":       {"emit", "emit/go", "emit/nginx", "emit/apache", "emit/node", "emit/vite", "emit/cra"},
	"browser":        {"browser/reason", "eval", "ir", "origin"},
	"explain":        {"browser", "browser/reason", "diag", "eval", "ir", "report"},
	"browser/reason": {},
	"rules":          {"diag", "origin", "ir", "policy"},
	"fix":            {"diag"},
	"diff":           {"diag", "origin", "ir"},
	"verify":         {"diag", "origin", "ir", "eval"},
	"report":         {"diag", "fix", "golang.org/x/text"},
	"docs":           {},

	"lintconfig":        {"diag", "emit", "ir", "origin", "golang.org/x/net"},
	"lintconfig/nginx":  {"diag", "lintconfig"},
	"lintconfig/apache": {"diag", "lintconfig"},
}

var free = []string{"cmd/corsgen", "examples/", "internal/"}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func TestLayers(t *testing.T) {
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		may, listed := allowed[name]
		if !listed {
			if !slices.ContainsFunc(free, func(f string) bool { return strings.HasPrefix(name, f) }) {
				t.Errorf("%s is not in the table of layers; add it with what it may import", name)
			}
			continue
		}
		for _, imported := range p.Imports {
			if !permitted(imported, may) {
				t.Errorf("%s imports %s, which its layer does not allow", name, imported)
			}
		}
	}
}

func permitted(imported string, may []string) bool {
	if local, ok := strings.CutPrefix(imported, module); ok {
		return slices.Contains(may, local)
	}
	first, _, _ := strings.Cut(imported, "/")
	if !strings.Contains(first, ".") {
		return true // the standard library
	}
	return slices.ContainsFunc(may, func(m string) bool { return imported == m || strings.HasPrefix(imported, m+"/") })
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var packages []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
