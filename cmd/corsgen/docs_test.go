package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/emit/all"
	"github.com/corsgen/corsgen/internal/golden"
	"github.com/corsgen/corsgen/ir"
)

// corsgen runs a command line in this process.
func corsgen(args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = run(args, strings.NewReader(""), &out, &errs)
	return status, out.String(), errs.String()
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// documents returns every page of the documentation.
func documents(t *testing.T) []string {
	t.Helper()
	files := []string{"../../README.md", "../../CONTRIBUTING.md", "../../CHANGELOG.md"}
	for _, pattern := range []string{"../../docs/*.md", "../../docs/*/*.md", "../../examples/migrate/README.md", "../../examples/migrate/*/README.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	return files
}

var hclBlock = regexp.MustCompile("(?s)```hcl\n(.*?)```")

var ruleFile = regexp.MustCompile(`/rules/(C\d+|README)\.md$`)

// TestDocumentedPolicies checks that every policy in the documentation is a
// program without findings.
func TestDocumentedPolicies(t *testing.T) {
	for _, file := range documents(t) {
		if ruleFile.MatchString(file) {
			continue // has bad examples too; see TestRulePages
		}
		for i, block := range hclBlock.FindAllStringSubmatch(readFile(t, file), -1) {
			name := filepath.Join(t.TempDir(), fmt.Sprintf("%d.cors.hcl", i))
			if err := os.WriteFile(name, []byte(block[1]), 0o666); err != nil {
				t.Fatal(err)
			}
			if status, out, errs := corsgen("check", "--fail-on", "warning", name); status != 0 {
				t.Errorf("%s, policy %d:\n%s%s", file, i+1, out, errs)
			}
			if status, _, _ := corsgen("fmt", "--check", name); status != 0 {
				t.Errorf("%s, policy %d is not in canonical layout", file, i+1)
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

// TestLinks checks that what the documentation links to is there.
func TestLinks(t *testing.T) {
	for _, file := range documents(t) {
		for _, l := range link.FindAllStringSubmatch(readFile(t, file), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), l[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", file, l[1])
			}
		}
	}
}

// TestReadmePolicy keeps the README's policy the same as a golden case, which
// real servers are tested with.
func TestReadmePolicy(t *testing.T) {
	policy := hclBlock.FindStringSubmatch(readFile(t, "../../README.md"))[1]
	if policy != readFile(t, "../../testdata/golden/readme/policy.hcl") {
		t.Error("the policy in README.md is not that of testdata/golden/readme")
	}
}

// TestReadmeMatrix keeps the support matrix in the README current.
func TestReadmeMatrix(t *testing.T) {
	const start, end = "<!-- support matrix: printed from the targets -->\n", "<!-- end of support matrix -->"
	readme := readFile(t, "../../README.md")
	before, rest, ok := strings.Cut(readme, start)
	_, after, found := strings.Cut(rest, end)
	if !ok || !found {
		t.Fatal("README.md has no place for the support matrix")
	}
	golden.CompareFile(t, "../../README.md", []byte(before+start+matrix()+end+after))
}

func matrix() string {
	var b strings.Builder
	b.WriteString("| | " + strings.Join(all.Names(), " | ") + " |\n|" + strings.Repeat(" --- |", len(all.Names())+1) + "\n| level |")
	for _, t := range all.Targets() {
		fmt.Fprintf(&b, " %s |", t.Level)
	}
	for _, f := range ir.AllFeatures.Each() {
		fmt.Fprintf(&b, "\n| `%s` |", f)
		for _, t := range all.Targets() {
			if t.Lacks&f == 0 {
				b.WriteString(" yes |")
			} else {
				b.WriteString(" error |")
			}
		}
	}
	return b.String() + "\n"
}

// TestReadmeCommands runs what the README promises for a fresh clone.
func TestReadmeCommands(t *testing.T) {
	readme := readFile(t, "../../README.md")
	for _, want := range []string{"go run ./cmd/corsgen generate examples/webapp --stdout\n", "scripts/test --install\n"} {
		if !strings.Contains(readme, want) {
			t.Errorf("README.md does not say %q", want)
		}
	}
	status, out, errs := corsgen("generate", "../../examples/webapp", "--stdout")
	if status != 0 {
		t.Fatal(errs)
	}
	for _, file := range []string{"internal/cors/cors.gen.go", "deploy/nginx/app.server.conf", "deploy/apache/app.vhost.conf"} {
		if !strings.Contains(out, "-- "+file+" --\n") {
			t.Errorf("%s is not shown", file)
		}
	}
}

// TestExamplesAreCurrent checks that the examples hold what corsgen prints.
func TestExamplesAreCurrent(t *testing.T) {
	var examples []string
	for _, pattern := range []string{"../../examples/*/cors.hcl", "../../examples/migrate/*/cors.hcl", "../../examples/migrate/*/after/cors.hcl"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatal(err, pattern)
		}
		examples = append(examples, found...)
	}
	for _, file := range examples {
		arguments := []string{"generate", file}
		if !golden.Update() {
			arguments = append(arguments, "--check")
		}
		if status, out, errs := corsgen(arguments...); status != 0 {
			t.Errorf("corsgen generate %s:\n%s%s", file, out, errs)
		}
		if status, out, _ := corsgen("check", "--fail-on", "warning", file); status != 0 {
			t.Error(out)
		}
		if status, out, _ := corsgen("fmt", "--check", file); status != 0 {
			t.Errorf("%s is not in canonical layout", out)
		}
	}
}

// TestExampleService runs go generate in the example service, as its author
// would, builds the service and asks it.
func TestExampleService(t *testing.T) {
	dir := t.TempDir()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS("../../examples/service")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "internal")); err != nil {
		t.Fatal(err)
	}
	goIn(t, dir, "mod", "edit", "-replace=github.com/corsgen/corsgen="+root)
	goIn(t, dir, "generate", "./...")
	generated := readFile(t, filepath.Join(dir, "internal/cors/cors.gen.go"))
	if generated != readFile(t, "../../examples/service/internal/cors/cors.gen.go") {
		t.Error("go generate printed something else than the example holds")
	}
	goIn(t, dir, "build", "-o", "service", ".")
	askService(t, filepath.Join(dir, "service"))
}

func goIn(t *testing.T, dir string, arguments ...string) {
	t.Helper()
	cmd := exec.Command("go", arguments...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
}
