package conformance

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/corsgen/corsgen/ir"
)

// Live is a server that is told of new files while it runs.
type Live struct {
	Addrs  map[string]string // of each policy and site, by name
	Reload func() error      // tells the server, which may take some time to follow
}

// StartLive starts a server with the policies and sites of a program, as StartNginx
// and StartApache do, but with the files of a target in the folder cors of a new
// folder, for which write writes them before the server starts.
type StartLive func(tb testing.TB, p *ir.Program, upstream string, write func(dir string)) Live

// LiveNginx starts an nginx as distributions do: a master process with workers.
func LiveNginx(tb testing.TB, p *ir.Program, upstream string, write func(dir string)) Live {
	tb.Helper()
	dir, names := tb.TempDir(), ServerNames(p)
	write(dir)
	var cmd *exec.Cmd
	addrs := tryAddrs(tb, len(names), func(addrs []string) (said string, ok bool) {
		cmd = nginxProcesses(tb, dir, "worker_processes 2;", nginxServers(names, addrs, upstream))
		return startServer(tb, cmd, addrs)
	})
	reload := append([]string{"-s", "reload"}, cmd.Args[1:]...)
	return Live{byName(names, addrs), func() error { return run(exec.Command(cmd.Path, reload...)) }}
}

// LiveApache starts an Apache, which is reloaded gracefully.
func LiveApache(tb testing.TB, p *ir.Program, upstream string, write func(dir string)) Live {
	tb.Helper()
	a, names := NewApache(tb), ServerNames(p)
	write(a.Dir)
	a.include("cors/", names, upstream)
	addrs := a.Start(tb)
	return Live{byName(names, addrs), func() error { return run(a.command("-k", "graceful")) }}
}

func run(cmd *exec.Cmd) error {
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Path), err, out)
	}
	return nil
}
