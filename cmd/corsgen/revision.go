package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// revision is a commit of the git repository around the current folder. It is
// read by the git program, which is told to fetch nothing. What a user writes is
// resolved once, and after that git sees the number of the commit alone.
type revision struct {
	name   string // as the user wrote it
	commit string
	prefix string // of the current folder in the repository, slash-separated
}

// git runs the git program. A clone may lack objects and name a program that
// fetches them, which a git before 2.45 would run: GIT_ALLOW_PROTOCOL beats what
// the clone's configuration allows.
func git(args ...string) ([]byte, error) {
	cmd := exec.Command("git", append([]string{"--no-pager", "--no-replace-objects"}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_LITERAL_PATHSPECS=1", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, errors.New("revisions are read by the program git, which is not installed")
	}
	if err != nil {
		return nil, fmt.Errorf("git: %s", gitError(stderr.String()))
	}
	return out, nil
}

// gitError returns the line of git's messages that says why it gave up.
func gitError(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for _, line := range lines {
		if fatal, ok := strings.CutPrefix(line, "fatal: "); ok {
			return fatal
		}
	}
	return lines[0]
}

func findRevision(name string) (*revision, error) {
	if strings.HasPrefix(name, "-") {
		return nil, fmt.Errorf("%q is not a revision; a revision is a branch, a tag or the number of a commit", name)
	}
	prefix, err := git("rev-parse", "--show-prefix")
	if err != nil {
		return nil, err
	}
	commit, err := git("rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	if err != nil {
		return nil, fmt.Errorf("there is no revision %q here; a clone without its history does not have it until you fetch it", name)
	}
	return &revision{name, strings.TrimSpace(string(commit)), strings.TrimSuffix(string(prefix), "\n")}, nil
}

// mergeBase returns the commit from which two revisions parted.
func mergeBase(a, b *revision) (*revision, error) {
	commit, err := git("merge-base", a.commit, b.commit)
	if err != nil {
		return nil, fmt.Errorf("%s and %s have no commit in common here; a clone without its history does not know it", a.name, b.name)
	}
	return &revision{a.name, strings.TrimSpace(string(commit)), a.prefix}, nil
}

// inTree returns the path in the repository of one that is relative to the
// current folder.
func (r *revision) inTree(name string) (string, error) {
	if filepath.IsAbs(name) {
		return "", fmt.Errorf("%s is absolute; at a revision write the path relative to the current folder", name)
	}
	p := path.Join(r.prefix, filepath.ToSlash(name))
	if p == ".." || strings.HasPrefix(p, "../") {
		return "", fmt.Errorf("%s is outside the repository", name)
	}
	return p, nil
}

// treeEntry is a file or a folder of a commit.
type treeEntry struct{ mode, object, path string }

// Modes of entries that lead elsewhere.
const (
	symbolicLink = "120000"
	submodule    = "160000"
)

// maxBlob is the most that a file of a commit may hold, in bytes: what policies
// and files of origins may hold together.
const maxBlob = "67108864"

// list returns the entries at a path, of a folder those in it. A path that goes
// through a symbolic link or a submodule is an error: there may be a policy, and
// a missing one would be told as one that allows nothing.
func (r *revision) list(name string) ([]treeEntry, error) {
	entries, err := r.entries(name)
	if err != nil {
		return nil, err
	}
	if len(entries) == 1 && entries[0].path == name && entries[0].mode == "040000" {
		return r.entries(name + "/")
	}
	for dir := path.Dir(name); len(entries) == 0 && dir != "."; dir = path.Dir(dir) {
		above, err := r.entries(dir)
		if err != nil {
			return nil, err
		}
		if len(above) == 1 && (above[0].mode == symbolicLink || above[0].mode == submodule) {
			return nil, r.refuse(above[0])
		}
	}
	return entries, nil
}

func (r *revision) entries(name string) ([]treeEntry, error) {
	args := []string{"ls-tree", "-z", "--full-tree", r.commit}
	if name != "." {
		args = append(args, "--", name)
	}
	out, err := git(args...)
	return parseTree(out), err
}

func parseTree(out []byte) []treeEntry {
	var entries []treeEntry
	for line := range strings.SplitSeq(string(out), "\x00") {
		about, name, ok := strings.Cut(line, "\t")
		if fields := strings.Fields(about); ok && len(fields) == 3 {
			entries = append(entries, treeEntry{fields[0], fields[2], name})
		}
	}
	return entries
}

// refuse returns why an entry is not read.
func (r *revision) refuse(e treeEntry) error {
	switch e.mode {
	case symbolicLink:
		return fmt.Errorf("%s at %s is a symbolic link, which is not followed there", e.path, r.name)
	case submodule:
		return fmt.Errorf("%s at %s is a submodule; compare inside of it", e.path, r.name)
	default:
		return fmt.Errorf("%s at %s is not a regular file", e.path, r.name)
	}
}

// write copies a file of the commit into a folder, at its path.
func (r *revision) write(root *os.Root, e treeEntry) error {
	if e.mode != "100644" && e.mode != "100755" {
		return r.refuse(e)
	}
	size, err := git("cat-file", "-s", e.object)
	if err != nil {
		return err
	}
	if s := strings.TrimSpace(string(size)); len(s) > len(maxBlob) || len(s) == len(maxBlob) && s > maxBlob {
		return fmt.Errorf("%s at %s has more than 64 MiB", e.path, r.name)
	}
	content, err := git("cat-file", "blob", e.object)
	if err != nil {
		return err
	}
	name := filepath.FromSlash(e.path)
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return root.WriteFile(name, content, 0o600)
}

// checkOut copies the policy files at paths, which are paths in the repository,
// into a folder, and returns those of paths that were there.
func (r *revision) checkOut(root *os.Root, paths []string) (there []string, err error) {
	for _, p := range paths {
		entries, err := r.list(p)
		if err != nil {
			return nil, err
		}
		found := false
		for _, e := range entries {
			if e.path != p && !isPolicyFile(e) {
				continue
			}
			found = true
			if err := r.write(root, e); err != nil {
				return nil, err
			}
		}
		if found {
			there = append(there, p)
		}
	}
	return there, nil
}

// isPolicyFile reports whether a folder's entry may be a file that a policy is
// read from; package policy knows exactly.
func isPolicyFile(e treeEntry) bool {
	return e.mode != "040000" && (strings.HasSuffix(e.path, "cors.hcl") || strings.HasSuffix(e.path, ".cors.hcl.json"))
}

// addFiles copies the files that a program names beside its policy files. What is
// not there, package policy will tell.
func (r *revision) addFiles(root *os.Root, dir string, names []string) error {
	for _, name := range names {
		entries, err := r.list(path.Join(dir, name))
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.path != path.Join(dir, name) {
				continue
			}
			if err := r.write(root, e); err != nil && !errors.Is(err, fs.ErrExist) {
				return err
			}
		}
	}
	return nil
}
