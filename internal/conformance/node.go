package conformance

import (
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/cra"
	"github.com/corsgen/corsgen/emit/node"
	"github.com/corsgen/corsgen/emit/vite"
	"github.com/corsgen/corsgen/ir"
)

// NodeServers are the servers on which the module for Node is tested.
var NodeServers = []string{"http", "http2", "express4", "express5", "connect", "fastify", "hono"}

// ViteVersions are the packages of Vite on which its plugins are tested.
var ViteVersions = []string{"vite5", "vite6", "vite7", "vite8"}

// ViteServers are the servers on which they are tested: those of ViteVersions, the
// last one with its preview server.
var ViteServers = append(slices.Clone(ViteVersions), "vite8preview")

// CRAServers are the servers on which the module for Create React App is tested: what
// its development server stands on, and the next version of that.
var CRAServers = []string{"wds4", "wds5"}

// NodeFor returns what starts servers of a kind with the module that corsgen
// prints for it: every policy and site on an address of its own, in front of a
// proxy to upstream. With an environment the policies are asked for it. One process,
// which ends with the test, is all servers.
func NodeFor(tb testing.TB, kind string) Start {
	return nodeStart(tb, kind, func(tb testing.TB) []string { return []string{Require(tb, "node", "node")} })
}

// nodeStart is NodeFor for an engine, the command of which engine returns.
func nodeStart(tb testing.TB, kind string, engine func(testing.TB) []string) Start {
	s, target := &nodeServers{kind: kind, engine: engine}, node.Target()
	switch {
	case slices.Contains(ViteServers, kind):
		target = vite.Target()
	case slices.Contains(CRAServers, kind):
		target = cra.Target()
		CRAFolder(tb)
	}
	tb.Cleanup(s.stop)
	return func(tb testing.TB, p *ir.Program, environment, upstream string) map[string]string {
		tb.Helper()
		exports := map[string]string{}
		for _, name := range ServerNames(p) {
			exports[name] = node.Identifier(name)
		}
		return s.add(tb, map[string]any{
			"module": WriteModule(tb, target, p, emit.Options{}, tb.TempDir()), "environment": environment,
			"upstream": upstream, "exports": exports,
		})
	}
}

// nodeServers is a process with servers of a kind.
type nodeServers struct {
	kind   string
	engine func(testing.TB) []string

	mu  sync.Mutex
	cmd *exec.Cmd // nil before the first servers
	in  *json.Encoder
	out *json.Decoder
	err strings.Builder
}

// add starts the servers of a module and returns their addresses.
func (s *nodeServers) add(tb testing.TB, module any) (addresses map[string]string) {
	tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		s.start(tb)
	}
	err := s.in.Encode(module)
	if err == nil {
		err = s.out.Decode(&addresses)
	}
	if err != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		tb.Fatalf("the servers of kind %s have ended: %v\n%s", s.kind, err, &s.err)
	}
	return addresses
}

func (s *nodeServers) start(tb testing.TB) {
	tb.Helper()
	command := append(s.engine(tb), filepath.Join(NodeFolder(tb), "server.mjs"), s.kind)
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stderr = &s.err
	in, inErr := cmd.StdinPipe()
	out, outErr := cmd.StdoutPipe()
	if err := errors.Join(inErr, outErr, cmd.Start()); err != nil {
		tb.Fatal(err)
	}
	s.cmd, s.in, s.out = cmd, json.NewEncoder(in), json.NewDecoder(out)
}

func (s *nodeServers) stop() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

// WriteModule writes what a target prints into a folder and returns the path of its
// module, the first file.
func WriteModule(tb testing.TB, target emit.Target, p *ir.Program, o emit.Options, dir string) string {
	tb.Helper()
	files, found := target.Print(p, o)
	if found.HasErrors() {
		tb.Fatal(found)
	}
	for _, f := range files {
		WriteFile(tb, filepath.Join(dir, f.Path), f.Content)
	}
	return filepath.Join(dir, files[0].Path)
}
