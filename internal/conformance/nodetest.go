package conformance

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"
)

// NodeTest returns the command by which the node that is installed runs the tests in a
// file, and how long they may take.
func NodeTest(tb testing.TB, limit time.Duration) []string {
	tb.Helper()
	return append([]string{Require(tb, "node", "node")}, nodeTest(limit)...)
}

func nodeTest(limit time.Duration) []string {
	return []string{"--test", "--test-force-exit", fmt.Sprintf("--test-timeout=%d", limit.Milliseconds())}
}

// RunTests runs the tests in a file below dir by a command, such as NodeTest's, with
// environment variables added to those of this process.
func RunTests(tb testing.TB, command []string, dir, file string, variables ...string) {
	tb.Helper()
	Watch(tb, filepath.Dir(filepath.Join(dir, file)))
	cmd := exec.Command(command[0], append(slices.Clone(command[1:]), "./"+file)...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), variables...)
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Errorf("%v\n%s", err, out)
	}
}

// NodeFolder returns the folder with the servers for Node, whose packages have to
// be installed.
func NodeFolder(tb testing.TB) string {
	tb.Helper()
	return packagesFolder(tb, "node")
}

// CRAFolder returns the folder with the packages of Create React App, which have to
// be installed.
func CRAFolder(tb testing.TB) string {
	tb.Helper()
	return packagesFolder(tb, "cra")
}

func packagesFolder(tb testing.TB, name string) string {
	tb.Helper()
	Require(tb, "node", "node")
	dir := beside(name)
	RequirePackages(tb, dir)
	Watch(tb, dir)
	return dir
}

// Watch makes a result that go test has kept of a test one that depends on the files
// in a folder, packages of npm apart: it does not see what a process reads that the
// test starts.
func Watch(tb testing.TB, dir string) {
	tb.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.Name() == "node_modules" {
			return filepath.SkipDir
		}
		_, err = os.Stat(path)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// beside returns the path of a file or folder beside this file.
func beside(name string) string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), name)
}

// RequirePackages skips the test, or fails if CORSGEN_REQUIRE names node, unless the
// packages of a folder with a package.json are installed.
func RequirePackages(tb testing.TB, dir string) {
	tb.Helper()
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err == nil {
		return
	}
	if required("node") {
		tb.Fatalf("CORSGEN_REQUIRE names node, but the packages of %s are not installed: run npm ci there.", dir)
	}
	tb.Skipf("The packages of %s are not installed: run npm ci there.", dir)
}
