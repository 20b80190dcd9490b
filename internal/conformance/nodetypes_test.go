package conformance_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/cra"
	"github.com/corsgen/corsgen/emit/node"
	"github.com/corsgen/corsgen/emit/vite"
	"github.com/corsgen/corsgen/internal/conformance"
)

// TestNodeTypes has the compiler of TypeScript check programs that use all that the
// modules export, and the declarations themselves. It knows no browser: Request and
// Response are those of @types/node.
func TestNodeTypes(t *testing.T) {
	dir := typesProgram(t, "node/types")
	demandTypes(t, dir, tsc(t, "node/node_modules/typescript/bin/tsc", "node", "program.mts", "program.cts"))
}

// TestRuntimeTypes does so with the compiler of years before, and with the types of
// other engines.
func TestRuntimeTypes(t *testing.T) {
	typescript5 := conformance.RuntimeFile(t, "typescript5/bin/tsc")
	dir := typesProgram(t, "node/types")
	demandTypes(t, dir, tsc(t, typescript5, "node", "program.mts", "program.cts"))
	dir = typesProgram(t, "runtimes/types")
	demandTypes(t, dir, tsc(t, typescript5, conformance.RuntimeFile(t, "@types/bun"), "bun.ts"))
	demandTypes(t, dir, tsc(t, typescript5, conformance.RuntimeFile(t, "@cloudflare/workers-types"), "worker.ts"))
	demandTypes(t, dir, exec.Command(conformance.RuntimeFile(t, "@deno/linux-x64-glibc/deno"), "check", "--quiet", "deno.ts"))
}

// tsc returns the command that has a compiler check files with the types of an engine.
func tsc(t *testing.T, compiler, types string, files ...string) *exec.Cmd {
	t.Helper()
	compiler, err := filepath.Abs(compiler)
	if err != nil {
		t.Fatal(err)
	}
	return exec.Command(conformance.Require(t, "node", "node"), append([]string{
		compiler, "--noEmit", "--strict", "--exactOptionalPropertyTypes",
		"--target", "es2022", "--lib", "es2022", "--types", types, "--module", "nodenext",
	}, files...)...)
}

// ofPackages is what a compiler says of the declarations of packages: some need a
// browser's, or a laxer compiler.
var ofPackages = regexp.MustCompile(`(?m)^\S*node_modules/.*\n(?: .*\n)*`)

func demandTypes(t *testing.T, dir string, compiler *exec.Cmd) {
	t.Helper()
	compiler.Dir = dir
	out, err := compiler.CombinedOutput()
	if said := ofPackages.ReplaceAll(out, nil); len(said) > 0 || err != nil && len(out) == 0 {
		t.Errorf("%v\n%s", err, said)
	}
}

// typesProgram returns a folder with the programs in a folder, and the modules and
// packages that they import.
func typesProgram(t *testing.T, programs string) string {
	t.Helper()
	program, dir := conformance.Compile(t, typesPolicy), t.TempDir()
	for _, target := range []emit.Target{node.Target(), vite.Target(), cra.Target()} {
		conformance.WriteModule(t, target, program, emit.Options{}, dir)
	}
	packages := filepath.Join(conformance.NodeFolder(t), "node_modules")
	if err := os.Symlink(packages, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(programs)); err != nil {
		t.Fatal(err)
	}
	return dir
}

const typesPolicy = `
environments = ["production"]

policy "app" {
  allow_origins = ["http://localhost:3000"]

  environment "production" {
    allow_origins = ["https://app.example.com"]
  }
}

policy "open" {
  allow_origins = ["*"]
}

site "api" {
  route "/" { policy = policy.open }
  route "/v1/" { policy = policy.app }
}

dev_proxy "api" {
  paths    = ["/api/"]
  upstream = "http://localhost:8080"
}
`
