package golden

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
)

// Update reports whether printed files are to be rewritten: CORSGEN_UPDATE is
// set. Promises are never rewritten.
func Update() bool { return os.Getenv("CORSGEN_UPDATE") != "" }

// Compare demands that the folder dir holds exactly files, by their
// slash-separated paths. With Update it makes it so.
func Compare(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	if Update() {
		rewrite(t, dir, files)
	}
	for name, want := range files {
		compareFile(t, filepath.Join(dir, filepath.FromSlash(name)), want)
	}
	for _, name := range list(t, dir) {
		if _, ok := files[name]; !ok {
			t.Errorf("%s is no longer printed; CORSGEN_UPDATE=1 go test ./... removes it", filepath.Join(dir, name))
		}
	}
}

// CompareFile demands that the file holds want. With Update it makes it so.
func CompareFile(t *testing.T, path string, want []byte) {
	t.Helper()
	if Update() {
		if err := os.WriteFile(path, want, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	compareFile(t, path, want)
}

func compareFile(t *testing.T, path string, want []byte) {
	t.Helper()
	have, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("%v; CORSGEN_UPDATE=1 go test ./... writes it", err)
	} else if !bytes.Equal(have, want) {
		t.Errorf("CORSGEN_UPDATE=1 go test ./... accepts this change:\n%s", diff.Diff(path, have, "printed now", want))
	}
}

func rewrite(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return names
}
