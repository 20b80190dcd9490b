package nginx_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/internal/conformance"
)

// TestGenerations demands that nginx refuses a set with one file of another
// generation, which a reload meets that comes between two of them.
func TestGenerations(t *testing.T) {
	t.Parallel()
	other := full
	other.expose, other.gate = nil, true
	sites := map[string]map[string]string{"web": {"/": "full"}}
	old := printed(t, compiledSites(t, sites, full, matrix[2]))
	next := printed(t, compiledSites(t, sites, other, matrix[2]))
	dir := conformance.WriteNginx(t, compiledSites(t, sites, full, matrix[2]), emit.Options{})
	const config = `include cors/http.conf;
		server { server_name a; include cors/full.server.conf; location / { include cors/full.headers.conf; include cors/hide.conf; } }
		server { server_name b; include cors/web.server.conf; location / { include cors/web.headers.conf; } }
		server { server_name c; include cors/any.server.conf; location / { include cors/any.headers.conf; } }`
	put := func(files map[string]string, names ...string) {
		for _, name := range names {
			if err := os.WriteFile(filepath.Join(dir, "cors", name), []byte(files[name]), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	names := slices.Sorted(maps.Keys(old))
	for _, set := range []struct{ all, one map[string]string }{{old, next}, {next, old}} {
		put(set.all, names...)
		if said, err := conformance.CheckNginx(t, dir, config); err != nil {
			t.Errorf("nginx refuses a whole set: %s", said)
		}
		for _, name := range names[1:] { // README.md is the first
			put(set.one, name)
			if said, err := conformance.CheckNginx(t, dir, config); err == nil || !strings.Contains(said, `unknown "corsgen_not_in_http_conf_`) {
				t.Errorf("with the other %s nginx -t says %v: %s", name, err, said)
			}
			put(set.all, name)
		}
	}
}

// TestOriginsAlone checks that a change of origins changes http.conf alone, so that
// a reload cannot meet a mixture.
func TestOriginsAlone(t *testing.T) {
	t.Parallel()
	other := full
	other.origins = []string{"https://other.example", "https://*.example.org"}
	old, next := printed(t, compiled(t, full)), printed(t, compiled(t, other))
	for name := range old {
		if changed := old[name] != next[name]; strings.HasSuffix(name, ".conf") && changed != (name == "http.conf") {
			t.Errorf("%s: changed is %t", name, changed)
		}
	}
}
