package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/corsgen/corsgen/internal/golden"
)

// TestMigrationSessions runs in the folder of each migration the commands that its
// README shows, and compares what they print.
func TestMigrationSessions(t *testing.T) {
	files, err := filepath.Glob("../../examples/migrate/*/README.md")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		page := readFile(t, file)
		now := session.ReplaceAllStringFunc(page, func(block string) string {
			line := session.FindStringSubmatch(block)[1]
			return "```console\n$ corsgen " + line + "\n" + runIn(t, filepath.Dir(file), line) + "```"
		})
		golden.CompareFile(t, file, []byte(now))
	}
}

var diffBlock = regexp.MustCompile("(?s)```diff\n.*?```")

// TestMigrationSteps keeps the diff current that the README of a migration shows: with
// cors.hcl, what corsgen prints of it and this change, before/ becomes after/.
func TestMigrationSteps(t *testing.T) {
	befores, err := filepath.Glob("../../examples/migrate/*/before")
	if err != nil || len(befores) == 0 {
		t.Fatal(err, befores)
	}
	for _, before := range befores {
		dir := filepath.Dir(before)
		page := readFile(t, filepath.Join(dir, "README.md"))
		if !diffBlock.MatchString(page) {
			t.Errorf("%s/README.md does not show what to change", dir)
		}
		now := diffBlock.ReplaceAllLiteralString(page, "```diff\n"+changes(t, dir)+"```")
		golden.CompareFile(t, filepath.Join(dir, "README.md"), []byte(now))
	}
}

// changes returns what is to be changed in the files of before/ by hand.
func changes(t *testing.T, dir string) string {
	t.Helper()
	before, after := filesIn(t, filepath.Join(dir, "before")), filesIn(t, filepath.Join(dir, "after"))
	all := maps.Clone(before)
	maps.Copy(all, after)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if name == "cors.hcl" || slices.Contains(strings.Split(name, "/"), "cors") {
			continue
		}
		text := diff.Diff("before/"+name, []byte(before[name]), "after/"+name, []byte(after[name]))
		_, lines, _ := strings.Cut(string(text), "\n") // the first is the command
		b.WriteString(lines)
	}
	return b.String()
}

// filesIn returns the files in a folder.
func filesIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files[name] = readFile(t, filepath.Join(dir, name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestMigratedHtaccess keeps the .htaccess file of a migration current, into which the
// printed lines were copied.
func TestMigratedHtaccess(t *testing.T) {
	const dir, own = "../../examples/migrate/apache-htaccess/", "\n# The site's own lines.\n"
	_, lines, ok := strings.Cut(readFile(t, dir+"after/.htaccess"), own)
	if !ok {
		t.Fatalf("after/.htaccess does not say %q", own)
	}
	golden.CompareFile(t, dir+"after/.htaccess", []byte(readFile(t, dir+"cors/app.htaccess")+own+lines))
}
