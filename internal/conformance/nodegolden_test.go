package conformance_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
)

// TestGoldenNode replays the golden cases on every server for Node.
func TestGoldenNode(t *testing.T) {
	for _, kind := range conformance.NodeServers {
		t.Run(kind, func(t *testing.T) {
			replayCases(t, "node", conformance.NodeFor(t, kind), func(all []golden.Exchange) []golden.Exchange {
				if kind == "hono" {
					return withoutParents(all)
				}
				return all
			})
		})
	}
}

// TestGoldenVite replays the golden cases on Vite's own servers.
func TestGoldenVite(t *testing.T) {
	for _, kind := range conformance.ViteServers {
		t.Run(kind, func(t *testing.T) { replayAll(t, "vite", conformance.NodeFor(t, kind)) })
	}
}

// withoutParents leaves out requests to a site with "/../" in the path, which no
// browser sends. A Request of the Fetch standard has no raw target: its URL is
// resolved (https://url.spec.whatwg.org/#path-state) before a policy can see it,
// and so is what the handler sees.
func withoutParents(exchanges []golden.Exchange) []golden.Exchange {
	return slices.DeleteFunc(slices.Clone(exchanges), func(e golden.Exchange) bool {
		path, err := url.PathUnescape(e.Request.Target)
		return e.Site != "" && err == nil && strings.Contains(path+"/", "/../")
	})
}
