package conformance

import (
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/node"
	"github.com/corsgen/corsgen/ir"
)

//go:embed runtimes/worker.mjs node/servers/special.mjs
var workerFiles embed.FS

// StartWorkerd starts a Worker for every policy and site, in the engine of
// Cloudflare Workers, in front of a service that is upstream. With an environment the
// policies are asked for it.
func StartWorkerd(tb testing.TB, p *ir.Program, environment, upstream string) map[string]string {
	tb.Helper()
	binary, dir, names := RuntimeFile(tb, "@cloudflare/workerd-linux-64/bin/workerd"), tb.TempDir(), ServerNames(p)
	WriteModule(tb, node.Target(), p, emit.Options{}, dir)
	if err := os.CopyFS(dir, workerFiles); err != nil {
		tb.Fatal(err)
	}
	addrs := tryAddrs(tb, len(names), func(addrs []string) (said string, ok bool) {
		config := filepath.Join(dir, "config.capnp")
		WriteFile(tb, config, []byte(workerdConfig(names, addrs, environment, upstream)))
		return startServer(tb, exec.Command(binary, "serve", config), addrs)
	})
	return byName(names, addrs)
}

func workerdConfig(names, addrs []string, environment, upstream string) string {
	var services, sockets strings.Builder
	for i, name := range names {
		fmt.Fprintf(&services, workerService, name, node.Identifier(name), environment)
		fmt.Fprintf(&sockets, "    (name = %q, address = %q, http = (), service = %[1]q),\n", name, addrs[i])
	}
	return fmt.Sprintf(workerdText, upstream, &services, &sockets)
}

const workerdText = `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "the upstream", external = (address = %q, http = ())),
%s  ],
  sockets = [
%s  ],
);
`

const workerService = `    (name = %q, worker = (
      compatibilityDate = "2026-11-01",
      modules = [
        (name = "worker.mjs", esModule = embed "runtimes/worker.mjs"),
        (name = "special.mjs", esModule = embed "node/servers/special.mjs"),
        (name = "cors.gen.mjs", esModule = embed "cors.gen.mjs"),
      ],
      bindings = [(name = "id", text = %q), (name = "environment", text = %q), (name = "upstream", service = "the upstream")],
    )),
`
