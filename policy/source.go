package policy

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// findFiles returns the policy files that paths name, sorted, and the folder
// that they are in.
func findFiles(paths []string) (dir string, names []string, err error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var dirs []string
	for _, p := range paths {
		d, found, err := filesAt(p)
		if err != nil {
			return "", nil, err
		}
		dirs = append(dirs, d)
		names = append(names, found...)
	}
	for _, d := range dirs {
		if !sameFolder(d, dirs[0]) {
			return "", nil, fmt.Errorf("the policy files are in two folders, %s and %s: the files of one program are in one folder", quote(dirs[0]), quote(d))
		}
	}
	return dirs[0], uniqueFiles(names), nil
}

func sameFolder(a, b string) bool {
	if a == b {
		return true
	}
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// uniqueFiles sorts names and drops what names the same file twice.
func uniqueFiles(names []string) []string {
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(filepath.Clean(a), filepath.Clean(b)) })
	return slices.CompactFunc(names, func(a, b string) bool { return filepath.Clean(a) == filepath.Clean(b) })
}

// filesAt returns the policy files at path, a file or a folder.
func filesAt(path string) (dir string, names []string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", nil, err
	}
	if !info.IsDir() {
		return filepath.Dir(path), []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return "", nil, err
	}
	for _, e := range entries {
		if isPolicyName(e.Name()) {
			names = append(names, filepath.Join(path, e.Name()))
		}
	}
	if len(names) == 0 {
		return "", nil, fmt.Errorf("no policy file in %s: a policy is named cors.hcl, NAME.cors.hcl or NAME.cors.hcl.json", quote(path))
	}
	return filepath.Clean(path), names, nil
}

func isPolicyName(name string) bool {
	return name == "cors.hcl" || strings.HasSuffix(name, ".cors.hcl") || strings.HasSuffix(name, ".cors.hcl.json")
}

// ReadAll reads a policy from r, such as standard input: of one that is too large
// only so much that it shows.
func ReadAll(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, maxSource+1)) }

// ReadFile is ReadAll for a file that the command line names, or that is in a
// folder that it names. It must be a regular one.
func ReadFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for its writer
		return nil, &fs.PathError{Op: "read", Path: name, Err: errNotRegular}
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadAll(f)
}
