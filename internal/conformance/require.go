// Package conformance runs the configuration that corsgen prints on real
// servers, for tests.
package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Require returns the path of the binary of a server or tool, which may be where
// only the PATH of root leads. Where it is not installed the test is skipped, or fails if the environment variable
// CORSGEN_REQUIRE, a comma-separated list, holds name.
func Require(tb testing.TB, name, binary string) string {
	tb.Helper()
	for _, name := range []string{binary, filepath.Join("/usr/sbin", binary)} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if required(name) {
		tb.Fatalf("CORSGEN_REQUIRE names %s, but %s is not installed.", name, binary)
	}
	tb.Skipf("%s is not installed.", binary)
	return ""
}

func required(name string) bool {
	return slices.Contains(strings.Split(os.Getenv("CORSGEN_REQUIRE"), ","), name)
}
