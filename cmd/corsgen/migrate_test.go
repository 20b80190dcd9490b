package main

import (
	"path/filepath"
	"strings"
	"testing"

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
