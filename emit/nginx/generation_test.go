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

// TestGenerations demands that nginx refuses every mixture of the files of two
// generations, which a reload meets that comes between two of them.
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
		server { server_name c; include cors/any.server.conf; }`
	var different []string
	for _, name := range slices.Sorted(maps.Keys(old)) {
		if strings.HasSuffix(name, ".conf") && old[name] != next[name] {
			different = append(different, name)
		}
	}
	if len(different) != 5 {
		t.Fatalf("the generations differ in %v", different)
	}
	for mixture := range 1 << len(different) {
		var replaced []string
		for i, name := range different {
			content := old[name]
			if mixture&(1<<i) != 0 {
				content, replaced = next[name], append(replaced, name)
			}
			if err := os.WriteFile(filepath.Join(dir, "cors", name), []byte(content), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		said, err := conformance.CheckNginx(t, dir, config)
		if whole := len(replaced) == 0 || len(replaced) == len(different); whole != (err == nil) || !whole && !strings.Contains(said, `unknown "corsgen_two_generations_`) {
			t.Errorf("with the new %v nginx -t says %v: %s", replaced, err, said)
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
