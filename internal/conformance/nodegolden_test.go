package conformance_test

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
)

// TestGoldenNode replays the golden cases on every server for Node.
func TestGoldenNode(t *testing.T) {
	for _, kind := range conformance.NodeServers {
		t.Run(kind, func(t *testing.T) { replayNode(t, kind, conformance.NodeFor(t, kind)) })
	}
}

// TestGoldenVite replays the golden cases on Vite's own servers.
func TestGoldenVite(t *testing.T) {
	for _, kind := range conformance.ViteServers {
		t.Run(kind, func(t *testing.T) { replayAll(t, "vite", conformance.NodeFor(t, kind)) })
	}
}

// TestGoldenRuntimes replays them in other engines.
func TestGoldenRuntimes(t *testing.T) {
	for _, r := range conformance.Runtimes {
		for _, kind := range r.Servers {
			t.Run(r.Name+"/"+kind, func(t *testing.T) { replayNode(t, r.Name+"/"+kind, r.On(t, kind)) })
		}
	}
	t.Run("workerd", func(t *testing.T) { replayNode(t, "workerd", conformance.StartWorkerd) })
}

func replayNode(t *testing.T, kind string, start conformance.Start) {
	t.Helper()
	replayCases(t, "node", start, func(all []golden.Exchange) []golden.Exchange {
		switch path.Base(kind) {
		case "hono", "bun", "deno", "workerd":
			return withoutParents(all)
		}
		if kind == "deno/fastify" {
			return withoutAbsolute(all)
		}
		return all
	})
}

// withoutAbsolute leaves out requests whose target is in absolute-form, which on Deno
// make the router of Fastify throw, before any plugin.
func withoutAbsolute(exchanges []golden.Exchange) []golden.Exchange {
	return slices.DeleteFunc(slices.Clone(exchanges), func(e golden.Exchange) bool {
		return !strings.HasPrefix(e.Request.Target, "/")
	})
}

// TestGoldenCRA replays the golden cases on what Create React App's server stands on.
func TestGoldenCRA(t *testing.T) {
	for _, kind := range conformance.CRAServers {
		t.Run(kind, func(t *testing.T) { replayAll(t, "cra", conformance.NodeFor(t, kind)) })
	}
}

// withoutParents leaves out requests to a site with "/../" in the path, which no
// browser sends. A Request of the Fetch standard has no raw target: its URL is
// resolved (https://url.spec.whatwg.org/#path-state) before a policy can see it,
// and so is what the handler sees.
func withoutParents(exchanges []golden.Exchange) []golden.Exchange {
	return slices.DeleteFunc(slices.Clone(exchanges), func(e golden.Exchange) bool {
		target, err := url.PathUnescape(e.Request.Target)
		return e.Site != "" && err == nil && strings.Contains(target+"/", "/../")
	})
}
