package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/node"
	"github.com/corsgen/corsgen/ir"
)

// NodeServers are the servers on which the module for Node is tested.
var NodeServers = []string{"http", "express4", "express5", "fastify", "hono"}

// NodeFor returns what starts a server of a kind with the module that corsgen
// prints for Node: every policy and site on an address of its own, in front of a
// proxy to upstream. With an environment the policies are asked for it.
func NodeFor(kind string) Start {
	return func(tb testing.TB, p *ir.Program, environment, upstream string) map[string]string {
		tb.Helper()
		server := filepath.Join(NodeFolder(tb), "server.mjs")
		arguments := []string{server, kind, WriteNode(tb, p, emit.Options{}, tb.TempDir()), environment, upstream}
		names := ServerNames(p)
		for _, name := range names {
			arguments = append(arguments, name+"="+node.Identifier(name))
		}
		return RunServer(tb, exec.Command(Require(tb, "node", "node"), arguments...), len(names))
	}
}

// WriteNode writes what corsgen prints for Node into a folder and returns the path
// of the module.
func WriteNode(tb testing.TB, p *ir.Program, o emit.Options, dir string) string {
	tb.Helper()
	target := node.Target()
	files, found := target.Print(p, o)
	if found.HasErrors() {
		tb.Fatal(found)
	}
	for _, f := range files {
		WriteFile(tb, filepath.Join(dir, f.Path), f.Content)
	}
	return filepath.Join(dir, files[0].Path)
}

// NodeFolder returns the folder with the servers for Node, whose packages have to
// be installed: npm ci.
func NodeFolder(tb testing.TB) string {
	tb.Helper()
	Require(tb, "node", "node")
	_, file, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(file), "node")
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		if required("node") {
			tb.Fatalf("CORSGEN_REQUIRE names node, but the packages of its servers are not installed: run npm ci in %s.", dir)
		}
		tb.Skip("The packages of the servers for Node are not installed: run npm ci in internal/conformance/node.")
	}
	return dir
}
