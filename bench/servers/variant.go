package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// variant is one way to configure a server.
type variant struct {
	name    string
	origins *origins          // that it allows; nil: those of three
	cors    bool              // it has a policy
	files   map[string][]byte // beside its configuration
	global  string            // lines outside of the server or virtual host
	lines   string            // lines inside of it
}

// list returns the origins that the variant is asked for.
func (v *variant) list() *origins {
	if v.origins == nil {
		return named("3 origins")
	}
	return v.origins
}

// write writes the files of the variant and its configuration to a folder.
func (v *variant) write(dir, name, config string) error {
	all := map[string][]byte{
		name:                []byte(config),
		"files/things.json": fmt.Appendf(nil, "{\"things\": [%1000s]}\n", ""),
		"mime.types":        []byte("application/json json\n"),
	}
	for name, content := range v.files {
		all[name] = content
	}
	for name, content := range all {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
		// Apache marks the ETag of a file that is younger than a second.
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
			return err
		}
	}
	return nil
}

// lookPath finds a server, which may be where only the PATH of root leads.
func lookPath(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return exec.LookPath("/usr/sbin/" + name)
	}
	return path, nil
}

// freeAddr returns an address that nobody listens on.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
