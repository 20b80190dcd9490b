//go:build unix

package policy_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/corsgen/corsgen/policy"
)

// TestPipe checks that a pipe is refused and not waited for.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Skip(err)
	}
	write(t, dir, "cors.hcl", "origins \"a\" {\n  from = \"pipe\"\n}\n")
	_, _, diags, err := policy.Load([]string{dir}, policy.Options{})
	if err != nil || len(diags) != 1 || diags[0].Code != "C008" {
		t.Error(diags, err)
	}
	if _, _, _, err := policy.Load([]string{filepath.Join(dir, "pipe")}, policy.Options{}); err == nil {
		t.Error("a pipe is read")
	}
}
