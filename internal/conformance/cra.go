package conformance

import (
	"path/filepath"
	"runtime"
	"testing"
)

// CRAFolder returns the folder with the packages of Create React App, which have to
// be installed.
func CRAFolder(tb testing.TB) string {
	tb.Helper()
	Require(tb, "node", "node")
	_, file, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(file), "cra")
	RequirePackages(tb, dir)
	return dir
}
