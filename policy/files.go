package policy

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

var (
	errNotRegular = errors.New("it is not a regular file")
	errNotFolder  = errors.New("it is not a folder")
	errLeaves     = errors.New("it leads out of the policy's folder")
	errTooLarge   = fmt.Errorf("origin files have at most %d MiB together", maxOriginFiles>>20)
)

// fileRoot opens what a policy names, below the policy's folder and nowhere
// else. The zero value is not open yet.
type fileRoot struct {
	dir  string
	root *os.Root
	read int64 // bytes so far
}

func (r *fileRoot) open() error {
	if r.root != nil {
		return nil
	}
	dir := r.dir
	if dir == "" {
		dir = "."
	}
	var err error
	r.root, err = os.OpenRoot(dir)
	return err
}

func (r *fileRoot) close() error {
	if r.root == nil {
		return nil
	}
	return r.root.Close()
}

// readFile returns the bytes of a regular file.
func (r *fileRoot) readFile(name string) ([]byte, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	name = filepath.FromSlash(name)
	info, err := r.root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for its writer
		return nil, errNotRegular
	}
	f, err := r.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxOriginFiles+1-r.read))
	if r.read += int64(len(src)); err == nil && r.read > maxOriginFiles {
		err = errTooLarge
	}
	return src, err
}

// checkFolder returns nil if name is a folder, or can be made one.
func (r *fileRoot) checkFolder(name string) error {
	if err := r.open(); err != nil {
		return err
	}
	for {
		info, err := r.root.Stat(filepath.FromSlash(name))
		switch {
		case err == nil && info.IsDir():
			return nil
		case err == nil:
			return errNotFolder
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		if info, err := r.root.Lstat(filepath.FromSlash(name)); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return errors.New("it is a symbolic link to nowhere")
		}
		name = path.Dir(name)
	}
}

// reason returns an error of the file system as a sentence, without the path,
// which the message has already.
func reason(err error) string {
	var p *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "It does not exist."
	case errors.Is(err, fs.ErrPermission):
		return "It is not readable."
	case errors.As(err, &p):
		err = p.Err
	}
	if err.Error() == "path escapes from parent" { // package os has no name for it
		err = errLeaves
	}
	return capital(clean(err.Error())) + "."
}

func capital(s string) string {
	if s != "" && 'a' <= s[0] && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}
