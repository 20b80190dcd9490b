//go:build unix

package emit_test

import (
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/emit"
)

// TestApplyOnAFullDisk checks that a disk which takes no more leaves the old set,
// and nothing else. A limit on the size of files stands for the disk.
func TestApplyOnAFullDisk(t *testing.T) {
	root, dir := open(t)
	if _, err := generate(t, root, numbered("old")...); err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)
	files := numbered("new")
	files[2] = file("c.conf", strings.Repeat("x", 100_000))
	changes, err := emit.Compare(root, "out", files)
	if err != nil {
		t.Fatal(err)
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Skip(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	small := limit
	small.Cur = 50_000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		t.Skip(err)
	}
	err = emit.Apply(root, changes)
	if reset := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); reset != nil {
		t.Fatal(reset)
	}
	if err == nil || !strings.Contains(err.Error(), "out/c.conf") {
		t.Errorf("got the error %v", err)
	}
	if d := cmp.Diff(before, tree(t, dir)); d != "" {
		t.Errorf("%v, and yet: (-before +after)\n%s", err, d)
	}
}
