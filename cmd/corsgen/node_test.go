package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/corsgen/corsgen/internal/conformance"
)

var anyBlock = regexp.MustCompile("(?s)```([a-z]+)\n(.*?)```")

// nodeSection is the section Node of the README, with a port that is free.
type nodeSection struct {
	text                           string
	policy, server, commands, asks string
	address                        string
}

func readNodeSection(t *testing.T) nodeSection {
	t.Helper()
	_, text, _ := strings.Cut(readFile(t, "../../README.md"), "\n## Node\n")
	text, _, _ = strings.Cut(text, "\n## ")
	address := freeAddress(t)
	_, port, _ := strings.Cut(address, ":")
	text = strings.ReplaceAll(text, "3000", port)
	blocks := anyBlock.FindAllStringSubmatch(text, -1)
	if len(blocks) != 4 || blocks[0][1] != "hcl" || blocks[1][1] != "js" || blocks[2][1] != "sh" || blocks[3][1] != "sh" {
		t.Fatalf("the section has other blocks: %q", blocks)
	}
	return nodeSection{text, blocks[0][2], blocks[1][2], blocks[2][2], blocks[3][2], address}
}

// follow does what the section says, with commands and a server that a test may
// have changed, and checks the answer.
func (s nodeSection) follow(p nodePerson) {
	p.t.Helper()
	before, ok := strings.CutSuffix(s.commands, "node server.mjs\n")
	if !ok {
		p.t.Fatalf("the server is not started last: %s", s.commands)
	}
	p.write("cors.hcl", s.policy)
	p.write("server.mjs", s.server)
	p.run(before)
	p.serve("exec node server.mjs", s.address)
	const promise = "'access-control-allow-origin': 'https://app.example.com'"
	if answer := p.run(s.asks); !strings.Contains(s.text, promise) || !strings.Contains(answer, promise) {
		p.t.Errorf("the answer is %s", answer)
	}
}

// TestReadmeNode follows the section Node of the README to the letter, but for the
// port, as somebody who has neither Go nor corsgen.
func TestReadmeNode(t *testing.T) {
	readNodeSection(t).follow(newNodePerson(t, newRegistry(t, npmPackages(t))))
}

// TestReadmeNodeBeforeRelease follows it as long as no registry has the packages.
func TestReadmeNodeBeforeRelease(t *testing.T) {
	section := readNodeSection(t)
	const published, built = "npm install --save-dev corsgen", "npm install --save-dev /DIR/*.tgz"
	if !strings.Contains(section.text, "the second line is\n`"+built+"`, after `scripts/npm --here /DIR`") || strings.Split(section.commands, "\n")[1] != published {
		t.Fatal("the section does not say how it is before the first release")
	}
	dir := t.TempDir()
	for name, p := range npmPackages(t) {
		conformance.WriteFile(t, filepath.Join(dir, strings.ReplaceAll(name, "/", "-")+".tgz"), p.tarball)
	}
	section.commands = strings.Replace(section.commands, published, strings.Replace(built, "/DIR", dir, 1), 1)
	section.follow(newNodePerson(t, newRegistry(t, nil)))
}

const expressServer = `import express from "express";
import { app } from "./cors/cors.gen.mjs";

const server = express();
LINE;
server.get("/", (request, response) => response.send("Hello\n"));
server.listen(PORT, "localhost");
`

// TestDocumentedExpress follows the section for Express, with the line of
// docs/targets/node.md.
func TestDocumentedExpress(t *testing.T) {
	line := regexp.MustCompile("\n\\| Express, Connect \\| `(.+)` \\|\n").FindStringSubmatch(readFile(t, "../../docs/targets/node.md"))
	if line == nil {
		t.Fatal("docs/targets/node.md has no line for Express")
	}
	modules := filepath.Join(conformance.NodeFolder(t), "node_modules")
	packages := npmPackages(t)
	for _, version := range []string{"express4", "express5"} {
		t.Run(version, func(t *testing.T) {
			section := readNodeSection(t)
			_, port, _ := strings.Cut(section.address, ":")
			section.server = strings.NewReplacer("LINE", line[1], "PORT", port).Replace(expressServer)
			p := newNodePerson(t, newRegistry(t, packages))
			// What is installed in the folder above is found, as in a workspace.
			above := filepath.Join(filepath.Dir(p.dir), "node_modules")
			if err := os.Mkdir(above, 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(filepath.Join(modules, version), filepath.Join(above, "express")); err != nil {
				t.Fatal(err)
			}
			section.follow(p)
		})
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return "localhost:" + port
}

// serve runs a server for the duration of the test, and waits until it listens.
func (p nodePerson) serve(line, address string) {
	p.t.Helper()
	var said bytes.Buffer
	cmd := p.command(line)
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if p.t.Failed() {
			p.t.Log(said.String())
		}
	})
	for range 300 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.t.Fatal("the server does not listen")
}
