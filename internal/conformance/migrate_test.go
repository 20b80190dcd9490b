package conformance_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
	"github.com/corsgen/corsgen/ir"
)

// TestMigrations runs what people have, before*/, and what replaces it, after/, of
// each folder of examples/migrate. After keeps every promise of requests.txt to the
// byte. What each before breaks is printed to wrong.txt, and README.md says it.
func TestMigrations(t *testing.T) {
	files, err := filepath.Glob("../../examples/migrate/*/requests.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			promised := titled(t, file)
			conformance.Replay(t, load(t, policyOf(t, dir)), promised, inFolder(filepath.Join(dir, "after")))
			broken := broken(t, dir, promised)
			golden.CompareFile(t, filepath.Join(dir, "wrong.txt"), []byte(wrongText(broken)))
			if d := cmp.Diff(titles(broken), saidToBeWrong(t, filepath.Join(dir, "README.md"))); d != "" {
				t.Errorf("README.md does not say what is wrong (-wrong +said)\n%s", d)
			}
		})
	}
}

// policyOf returns the policy file of a migration, which is in after/, or beside it
// where that is published as it is.
func policyOf(t *testing.T, dir string) string {
	t.Helper()
	for _, name := range []string{"after/cors.hcl", "cors.hcl"} {
		if file := filepath.Join(dir, name); exists(file) {
			return file
		}
	}
	t.Fatalf("%s has no cors.hcl", dir)
	return ""
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// titled reads exchanges, each of which has a title of its own.
func titled(t *testing.T, file string) []golden.Exchange {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	exchanges, err := golden.Parse(string(text))
	if err != nil {
		t.Fatalf("%s:%v", file, err)
	}
	seen := map[string]bool{"": true}
	for _, e := range exchanges {
		if seen[e.Comment] {
			t.Errorf("%s:%d: the exchange has no title of its own", file, e.Line)
		}
		seen[e.Comment] = true
	}
	return exchanges
}

// inFolder returns what starts the server of a folder for all policies and sites.
func inFolder(dir string) conformance.Start {
	return func(tb testing.TB, p *ir.Program, environment, upstream string) map[string]string {
		tb.Helper()
		addr, said := conformance.StartFolder(tb, dir, environment, upstream)
		if addr == "" {
			tb.Fatalf("%s does not start: %s", dir, said)
		}
		addrs := map[string]string{}
		for _, name := range conformance.ServerNames(p) {
			addrs[name] = addr
		}
		return addrs
	}
}

var wrongRow = regexp.MustCompile(`(?m)^\| (.*?\.) \| `)

// saidToBeWrong returns the titles in the table of a README, sorted.
func saidToBeWrong(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## What is wrong\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var said []string
	for _, row := range wrongRow.FindAllStringSubmatch(section, -1) {
		said = append(said, row[1])
	}
	slices.Sort(said)
	return said
}

// TestMigrationIndex demands a row for every migration.
func TestMigrationIndex(t *testing.T) {
	index, err := os.ReadFile("../../examples/migrate/README.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../examples/migrate/*/README.md")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		if name := filepath.Base(filepath.Dir(file)); !strings.Contains(string(index), "\n| ["+name+"]("+name+"/README.md) |") {
			t.Errorf("examples/migrate/README.md has no row for %s", name)
		}
	}
}
