package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/internal/conformance"
)

// npmPackage is a package as scripts/npm makes it.
type npmPackage struct {
	tarball  []byte
	files    map[string]string // their contents, by their paths in the package
	modes    map[string]int64
	manifest map[string]any
}

// npmPackages returns the packages for this platform, by their names.
func npmPackages(t *testing.T) map[string]npmPackage {
	t.Helper()
	conformance.Require(t, "node", "npm")
	conformance.Watch(t, "../../npm")
	conformance.Watch(t, "../../scripts")
	packages, err := builtPackages()
	if err != nil {
		t.Fatal(err)
	}
	return packages
}

var builtPackages = sync.OnceValues(buildPackages)

func buildPackages() (map[string]npmPackage, error) {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := writePackages(dir); err != nil {
		return nil, err
	}
	tarballs, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil {
		return nil, err
	}
	packages := map[string]npmPackage{}
	for _, file := range tarballs {
		p, err := readPackage(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		packages[p.manifest["name"].(string)] = p
	}
	return packages, nil
}

func writePackages(dir string) error {
	if out, err := exec.Command("../../scripts/npm", "--here", dir).CombinedOutput(); err != nil {
		return fmt.Errorf("scripts/npm: %w\n%s", err, out)
	}
	return nil
}

func readPackage(file string) (npmPackage, error) {
	p := npmPackage{files: map[string]string{}, modes: map[string]int64{}}
	var err error
	if p.tarball, err = os.ReadFile(file); err != nil {
		return p, err
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(p.tarball))
	if err != nil {
		return p, err
	}
	for archive := tar.NewReader(unzipped); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return p, json.Unmarshal([]byte(p.files["package.json"]), &p.manifest)
		}
		if err != nil {
			return p, err
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			return p, err
		}
		name := strings.TrimPrefix(header.Name, "package/")
		p.files[name], p.modes[name] = string(content), header.Mode
	}
}

// newRegistry starts a registry with packages, and returns its URL. It knows what
// npm install asks: the versions of a package, and a tarball.
func newRegistry(t *testing.T, packages map[string]npmPackage) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, isTarball := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/"), ".tgz")
		p, ok := packages[name]
		switch {
		case !ok:
			http.NotFound(w, r)
		case isTarball:
			_, _ = w.Write(p.tarball)
		default:
			_ = json.NewEncoder(w).Encode(versions(p, "http://"+r.Host+"/"+name+".tgz"))
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func versions(p npmPackage, tarball string) map[string]any {
	digest := sha512.Sum512(p.tarball)
	manifest := maps.Clone(p.manifest)
	manifest["dist"] = map[string]string{
		"tarball":   tarball,
		"integrity": "sha512-" + base64.StdEncoding.EncodeToString(digest[:]),
	}
	version := p.manifest["version"].(string)
	return map[string]any{
		"name":      p.manifest["name"],
		"dist-tags": map[string]string{"latest": version},
		"versions":  map[string]any{version: manifest},
	}
}

// nodePerson is somebody who has Node and nothing else, in a new folder.
type nodePerson struct {
	t   *testing.T
	dir string
	sh  string
	env []string
}

func newNodePerson(t *testing.T, registry string) nodePerson {
	t.Helper()
	tools := t.TempDir()
	for _, tool := range []string{"node", "npm", "npx", "sh"} {
		if err := os.Symlink(conformance.Require(t, "node", tool), filepath.Join(tools, tool)); err != nil {
			t.Fatal(err)
		}
	}
	p := nodePerson{
		t: t, dir: filepath.Join(t.TempDir(), "A new folder"), sh: filepath.Join(tools, "sh"),
		env: []string{"PATH=" + tools, "HOME=" + t.TempDir(), "npm_config_registry=" + registry},
	}
	if err := os.Mkdir(p.dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p nodePerson) write(name, content string) {
	p.t.Helper()
	conformance.WriteFile(p.t, filepath.Join(p.dir, name), []byte(content))
}

// command returns a command line that is ready to be run.
func (p nodePerson) command(line string, env ...string) *exec.Cmd {
	cmd := exec.Command(p.sh, "-ec", line)
	cmd.Dir, cmd.Env = p.dir, slices.Concat(p.env, env)
	return cmd
}

// run runs command lines that must succeed, and returns what they print.
func (p nodePerson) run(lines string) string {
	p.t.Helper()
	out, err := p.command(lines).CombinedOutput()
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", lines, err, out)
	}
	return string(out)
}

// TestNpmPackages checks what is published: which files, for whom, with no script
// that runs on installation, and the same bytes each time.
func TestNpmPackages(t *testing.T) {
	packages := npmPackages(t)
	launcher, platform := packages["corsgen"], "@corsgen/"+nodePlatform(t)
	program := packages[platform]
	if len(packages) != 2 || program.tarball == nil {
		t.Fatalf("the packages are %q", slices.Sorted(maps.Keys(packages)))
	}
	if diff := cmp.Diff([]string{"LICENSE", "README.md", "corsgen.js", "package.json"}, slices.Sorted(maps.Keys(launcher.files))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"LICENSE", "README.md", "THIRD_PARTY_LICENSES.txt", "bin/corsgen", "package.json"}, slices.Sorted(maps.Keys(program.files))); diff != "" {
		t.Error(diff)
	}
	if program.modes["bin/corsgen"]&0o111 != 0o111 || launcher.modes["corsgen.js"]&0o111 != 0o111 {
		t.Error("a program is not executable")
	}
	if diff := cmp.Diff(map[string]any{platform: launcher.manifest["version"]}, launcher.manifest["optionalDependencies"]); diff != "" {
		t.Error(diff)
	}
	system, processor, _ := strings.Cut(nodePlatform(t), "-")
	if diff := cmp.Diff([]any{[]any{system}, []any{processor}}, []any{program.manifest["os"], program.manifest["cpu"]}); diff != "" {
		t.Error(diff)
	}
	for name, p := range packages {
		if p.manifest["scripts"] != nil || p.manifest["dependencies"] != nil || p.manifest["license"] != "MIT" {
			t.Errorf("%s: %v", name, p.manifest)
		}
	}
}

// TestNpmPackagesAgain checks that the same sources give the same packages. They
// may change while it runs.
func TestNpmPackagesAgain(t *testing.T) {
	before := npmPackages(t)
	for range 3 {
		after, err := buildPackages()
		if err != nil {
			t.Fatal(err)
		}
		if cmp.Equal(before, after, cmp.AllowUnexported(npmPackage{})) {
			return
		}
		before = after
	}
	t.Error("no two runs give the same")
}

// nodePlatform returns this platform in the words of Node.
func nodePlatform(t *testing.T) string {
	t.Helper()
	out, err := exec.Command(conformance.Require(t, "node", "node"), "-p", "process.platform + '-' + process.arch").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// TestThirdPartyLicenses checks that the notices tell of every module that the
// program says it holds, and of Go.
func TestThirdPartyLicenses(t *testing.T) {
	program := npmPackages(t)["@corsgen/"+nodePlatform(t)]
	file := filepath.Join(t.TempDir(), "corsgen")
	conformance.WriteFile(t, file, []byte(program.files["bin/corsgen"]))
	out, err := exec.Command("go", "version", "-m", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"The Go runtime and standard library, go1.", "Public Suffix List", "Mozilla Public License"}
	for line := range strings.SplitSeq(string(out), "\n") {
		if fields := strings.Fields(line); len(fields) > 2 && fields[0] == "dep" {
			want = append(want, "\n"+fields[1]+" "+fields[2]+"\n")
		}
	}
	for _, text := range want {
		if !strings.Contains(program.files["THIRD_PARTY_LICENSES.txt"], text) {
			t.Errorf("THIRD_PARTY_LICENSES.txt says nothing of %q", text)
		}
	}
	if len(want) < 10 {
		t.Errorf("the program holds only %q", want)
	}
}
