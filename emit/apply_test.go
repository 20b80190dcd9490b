package emit_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/emit"
)

// numbered returns five files of a generation.
func numbered(generation string) []emit.File {
	var files []emit.File
	for _, name := range []string{"a.conf", "b.conf", "c.conf", "d.conf", "e.conf"} {
		files = append(files, file(name, generation+"\n"))
	}
	return files
}

// TestApplyFails checks that where a file cannot be replaced, whichever it is, the
// whole of the old set is there as it was.
func TestApplyFails(t *testing.T) {
	for i := range 6 { // five renames, and the removal of a leftover
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			root, dir := open(t)
			// a.conf is new, and f.conf is a leftover.
			old := append(numbered("old")[1:], file("f.conf", "old\n"))
			if _, err := generate(t, root, old...); err != nil {
				t.Fatal(err)
			}
			chmod(t, filepath.Join(dir, "out/b.conf"), 0o640)
			changes, err := emit.Compare(root, "out", numbered("new"))
			if err != nil || len(changes) != 6 {
				t.Fatal(changes, err)
			}
			block(t, dir, changes[i].Path)
			before := tree(t, dir)
			err = emit.Apply(root, changes)
			if err == nil || !strings.Contains(err.Error(), changes[i].Path) || !strings.HasSuffix(err.Error(), "; every file is as it was") {
				t.Errorf("got the error %v", err)
			}
			if d := cmp.Diff(before, tree(t, dir)); d != "" {
				t.Errorf("(-before +after)\n%s", d)
			}
			if info, err := os.Stat(filepath.Join(dir, "out/b.conf")); err == nil && info.Mode().IsRegular() && info.Mode().Perm() != 0o640 {
				t.Errorf("b.conf has the permissions %v", info.Mode())
			}
		})
	}
}

// block puts a folder that is not empty in a file's place.
func block(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
	put(t, dir, name+"/x", "of the user")
}

func chmod(t *testing.T, name string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}

// TestApplyKeepsPermissions checks that a new content does not open a file that
// the user has closed, and that a file which cannot be written to can be replaced.
func TestApplyKeepsPermissions(t *testing.T) {
	root, dir := open(t)
	if _, err := generate(t, root, numbered("old")...); err != nil {
		t.Fatal(err)
	}
	chmod(t, filepath.Join(dir, "out/b.conf"), 0o600)
	chmod(t, filepath.Join(dir, "out/c.conf"), 0o444)
	if _, err := generate(t, root, numbered("new")...); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"out/b.conf": 0o600, "out/c.conf": 0o444} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	for name, text := range tree(t, dir) {
		if !strings.HasSuffix(text, "new\n") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// TestApplyInAFolderThatCannotBeWritten checks that one output of several which
// cannot be written stops them all.
func TestApplyInAFolderThatCannotBeWritten(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	root, dir := open(t)
	put(t, dir, "closed/x", "")
	chmod(t, filepath.Join(dir, "closed"), 0o555)
	t.Cleanup(func() { chmod(t, filepath.Join(dir, "closed"), 0o755) })
	var changes []emit.Change
	for _, folder := range []string{"open", "closed"} {
		found, err := emit.Compare(root, folder, numbered("new"))
		if err != nil {
			t.Fatal(err)
		}
		changes = slices.Concat(changes, found)
	}
	if err := emit.Apply(root, changes); err == nil {
		t.Error("it was written all the same")
	}
	if d := cmp.Diff(map[string]string{"closed/x": ""}, tree(t, dir)); d != "" {
		t.Error(d)
	}
}
