package conformance

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Runtime is an engine of JavaScript other than the node that is installed.
type Runtime struct {
	Name    string
	Servers []string // the kinds that it is tested with

	binary    string   // below node_modules
	run, test []string // the arguments that run a module, and the tests in one
}

// Runtimes are the engines on which the module for Node is tested.
var Runtimes = []Runtime{
	{"node22", NodeServers, "node22/bin/node", nil, nodeTest(30 * time.Second)},
	{"node24", NodeServers, "node24/bin/node", nil, nodeTest(30 * time.Second)},
	{"node26", NodeServers, "node26/bin/node", nil, nodeTest(30 * time.Second)},
	{"bun", append([]string{"bun"}, NodeServers...), "@oven/bun-linux-x64/bin/bun", nil, []string{"test"}},
	{"deno", append([]string{"deno"}, NodeServers...), "@deno/linux-x64-glibc/deno", []string{"run", "--quiet", "--allow-all"}, []string{"test", "--quiet", "--no-check", "--allow-all"}},
}

// On returns what NodeFor does, with the servers run by another engine.
func (r Runtime) On(tb testing.TB, kind string) Start {
	return nodeStart(tb, kind, func(tb testing.TB) []string {
		return append([]string{RuntimeFile(tb, r.binary)}, r.run...)
	})
}

// Test returns the command that runs the tests in a module.
func (r Runtime) Test(tb testing.TB) []string {
	tb.Helper()
	return append([]string{RuntimeFile(tb, r.binary)}, r.test...)
}

// RuntimeFile returns the path of a file of the packages in the folder runtimes. Where
// it is not installed the test is skipped, or fails if CORSGEN_REQUIRE names runtimes.
func RuntimeFile(tb testing.TB, name string) string {
	tb.Helper()
	path := filepath.Join(beside("runtimes/node_modules"), name)
	if _, err := os.Stat(path); err == nil {
		return path
	}
	if required("runtimes") {
		tb.Fatalf("CORSGEN_REQUIRE names runtimes, but %s is not installed: run scripts/install runtimes.", name)
	}
	tb.Skipf("%s is not installed: run scripts/install runtimes.", name)
	return ""
}
