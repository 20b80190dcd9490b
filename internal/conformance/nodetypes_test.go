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
// modules export, and the declarations themselves.
func TestNodeTypes(t *testing.T) {
	conformance.NodeFolder(t)
	demandTypes(t, "node/node_modules/typescript/bin/tsc")
}

// TestRuntimeTypes does so with the compiler of years before.
func TestRuntimeTypes(t *testing.T) {
	demandTypes(t, conformance.RuntimeFile(t, "typescript5/bin/tsc"))
}

// ofPackages is what a compiler says of the declarations of packages: some need a
// browser's, or a laxer compiler.
var ofPackages = regexp.MustCompile(`(?m)^\S*node_modules/.*\n(?: .*\n)*`)

// demandTypes demands that a compiler finds nothing. It knows no browser: Request and
// Response are those of @types/node.
func demandTypes(t *testing.T, compiler string) {
	t.Helper()
	dir := typesProgram(t)
	cmd := exec.Command(conformance.Require(t, "node", "node"), absolute(t, compiler), "--noEmit", "--strict", "--exactOptionalPropertyTypes",
		"--target", "es2022", "--lib", "es2022", "--types", "node", "--module", "nodenext", "program.mts", "program.cts")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if said := ofPackages.ReplaceAll(out, nil); len(said) > 0 || err != nil && len(out) == 0 {
		t.Errorf("%v\n%s", err, said)
	}
}

// typesProgram returns a folder with the programs, and the modules and packages that
// they import.
func typesProgram(t *testing.T) string {
	t.Helper()
	program, dir := conformance.Compile(t, typesPolicy), t.TempDir()
	conformance.WriteModule(t, node.Target(), program, emit.Options{}, dir)
	conformance.WriteModule(t, vite.Target(), program, emit.Options{}, dir)
	conformance.WriteModule(t, cra.Target(), program, emit.Options{}, dir)
	packages := filepath.Join(conformance.NodeFolder(t), "node_modules")
	if err := os.Symlink(packages, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS("node/types")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
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
