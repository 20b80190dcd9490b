//go:build unix

package emit_test

import (
	"errors"
	"fmt"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

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

// TestLock checks that runs at the same time wait for each other, so that no set is
// a mixture of two, and that one which waits in vain says why.
func TestLock(t *testing.T) {
	root, dir := open(t)
	var runs sync.WaitGroup
	for i := range 8 {
		runs.Go(func() {
			unlock, err := emit.Lock(root, time.Minute)
			if err != nil {
				t.Error(err)
				return
			}
			defer unlock()
			if _, err := generate(t, root, numbered(fmt.Sprint(i))...); err != nil {
				t.Error(err)
			}
			generations := map[string]bool{}
			for _, text := range tree(t, dir) {
				generations[text] = true
			}
			if len(generations) != 1 {
				t.Errorf("a mixture: %v", generations)
			}
		})
	}
	runs.Wait()
	unlock, err := emit.Lock(root, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := emit.Lock(root, 20*time.Millisecond); !errors.Is(err, emit.ErrBusy) {
		t.Errorf("a second lock gives %v", err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
}
