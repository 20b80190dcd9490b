package lintconfig

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// The limits of a configuration. They are far above what servers run with, and
// keep hostile input from taking the machine.
const (
	MaxBytes      = 64 << 20  // of all files together, each counted as often as it is included
	MaxFiles      = 20_000    // inclusions
	MaxDirectives = 1_000_000 // with those of included files
	MaxDepth      = 100       // of blocks and sections
	MaxIncludes   = 20        // of files that include files
	maxMatches    = 10_000    // of one pattern
)

// ErrTooLarge says that a configuration is beyond the limits.
var ErrTooLarge = fmt.Errorf("the configuration is larger than %d MiB in %d files", MaxBytes>>20, MaxFiles)

// Files reads the files of a configuration, within the limits. It keeps what it
// has read. The zero value is not ready to use.
type Files struct {
	// Memory is the whole file system where it is not nil.
	Memory map[string][]byte

	read  map[string]*Source
	bytes int
	files int
}

// NewFiles returns a reader of the disk.
func NewFiles() *Files { return &Files{read: map[string]*Source{}} }

// Sources returns the text of every file that was read.
func (f *Files) Sources() map[string][]byte {
	all := map[string][]byte{}
	for name, s := range f.read {
		all[name] = s.Text
	}
	return all
}

// Read returns a file. Every call counts towards the limits.
func (f *Files) Read(name string) (*Source, error) {
	if f.files++; f.files > MaxFiles {
		return nil, ErrTooLarge
	}
	s, ok := f.read[name]
	if !ok {
		text, err := f.load(name)
		if err != nil {
			return nil, err
		}
		s = NewSource(name, text)
		f.read[name] = s
	}
	if f.bytes += len(s.Text); f.bytes > MaxBytes {
		return nil, ErrTooLarge
	}
	return s, nil
}

func (f *Files) load(name string) ([]byte, error) {
	if f.Memory != nil {
		text, ok := f.Memory[name]
		if !ok {
			return nil, os.ErrNotExist
		}
		return text, nil
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, reason(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, reason(err)
	}
	defer file.Close()
	return ReadAll(file)
}

// reason returns an error without the name of the file, which findings say in
// another place.
func reason(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// ReadAll reads a configuration up to the limit.
func ReadAll(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err == nil && len(text) > MaxBytes {
		err = ErrTooLarge
	}
	return text, err
}

// IsPattern reports whether name stands for any number of files.
func IsPattern(name string) bool { return strings.ContainsAny(name, "*?[") }

// Glob returns the files that a pattern matches, sorted. Folders are among them.
func (f *Files) Glob(pattern string) ([]string, error) {
	var names []string
	if f.Memory == nil {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			return nil, err
		}
		names = matches
	}
	for name := range f.Memory {
		if ok, err := filepath.Match(pattern, name); err != nil {
			return nil, err
		} else if ok {
			names = append(names, name)
		}
	}
	if len(names) > maxMatches {
		return nil, ErrTooLarge
	}
	return sorted(names), nil
}

// Walk returns the files in a folder and the folders below it, sorted.
func (f *Files) Walk(folder string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(folder, func(name string, entry os.DirEntry, err error) error {
		if err != nil {
			return reason(err)
		}
		if len(names) >= maxMatches {
			return ErrTooLarge
		}
		if !entry.IsDir() {
			names = append(names, name)
		}
		return nil
	})
	return names, err
}
