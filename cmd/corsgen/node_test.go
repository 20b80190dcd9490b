package main

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/corsgen/corsgen/internal/conformance"
)

var anyBlock = regexp.MustCompile("(?s)```([a-z]+)\n(.*?)```")

// TestReadmeNode follows the section Node of the README to the letter, but for the
// port.
func TestReadmeNode(t *testing.T) {
	node := conformance.Require(t, "node", "node")
	_, section, _ := strings.Cut(readFile(t, "../../README.md"), "\n## Node\n")
	section, _, _ = strings.Cut(section, "\n## ")
	address := freeAddress(t)
	section = strings.ReplaceAll(section, "3000, \"localhost\"", strings.Replace(address, "127.0.0.1:", "", 1)+", \"127.0.0.1\"")
	blocks := anyBlock.FindAllStringSubmatch(section, -1)
	if len(blocks) != 4 || blocks[2][2] != "corsgen generate cors.hcl\nnode server.mjs\n" || !strings.HasPrefix(blocks[3][2], "curl ") {
		t.Fatalf("the section has other blocks: %q", blocks)
	}
	dir := t.TempDir()
	conformance.WriteFile(t, filepath.Join(dir, "cors.hcl"), []byte(blocks[0][2]))
	conformance.WriteFile(t, filepath.Join(dir, "server.mjs"), []byte(blocks[1][2]))
	if status, _, errs := corsgen("generate", filepath.Join(dir, "cors.hcl")); status != 0 {
		t.Fatal(errs)
	}
	serve(t, exec.Command(node, "server.mjs"), dir)
	if got := askFrom(t, "http://"+address+"/", "https://app.example.com"); got != "https://app.example.com" {
		t.Errorf("Access-Control-Allow-Origin is %q", got)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// serve runs a server for the duration of the test.
func serve(t *testing.T, cmd *exec.Cmd, dir string) {
	t.Helper()
	var said bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stderr = dir, os.Environ(), &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(said.String())
		}
	})
}

// askFrom returns the Access-Control-Allow-Origin of the answer to an origin, once
// the server has started.
func askFrom(t *testing.T, url, origin string) string {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Origin", origin)
	for range 100 {
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			response.Body.Close()
			return response.Header.Get("Access-Control-Allow-Origin")
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the server does not answer")
	return ""
}
