package apache_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
)

// What comes from mod_cache carries the headers of the policy once, for the
// origin that asks.
func TestCache(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"full", "any", "gate"} {
		p := compiled(t, policies[name])
		u := conformance.StartUpstream(t)
		a := newSite(t)
		a.Modules = append(a.Modules, "cache", "cache_disk")
		a.WriteFile(t, "app.vhost.conf", printed(t, p))
		a.WriteFile(t, "cache/x", "")
		if err := os.Chmod(filepath.Join(a.Dir, "cache"), 0o777); err != nil {
			t.Fatal(err)
		}
		old := time.Now().Add(-1000 * time.Hour) // so that the file is fresh for a while
		if err := os.Chtimes(filepath.Join(a.Dir, "www/page.html"), old, old); err != nil {
			t.Fatal(err)
		}
		cache := "CacheRoot " + a.Dir + "/cache\nCacheHeader on\nCacheEnable disk /\nCacheDefaultExpire 100\nDocumentRoot www\nInclude app.vhost.conf\n"
		a.WriteFile(t, "app.location.conf", printedFor(t, p, "location"))
		place := strings.Replace(cache, "Include app.vhost.conf", "<Location />\nInclude app.location.conf\n</Location>", 1)
		a.Hosts = []string{cache, cache + "CacheQuickHandler off\n", place, place + "CacheQuickHandler off\n"}
		e := evaluator(p)
		for i, addr := range a.Start(t) {
			for _, o := range []string{"https://app.example.com", "https://evil.example", "", "https://admin.example.com", "https://app.example.com", "https://evil.example", ""} {
				for _, condition := range []string{"Accept: */*", "If-None-Match: *"} {
					r := conformance.Request("GET", "/page.html", conformance.WithOrigin(o, condition)...)
					upstream := &golden.Response{Status: 200}
					if condition == "If-None-Match: *" {
						upstream.Status = 304
					}
					want := conformance.Evaluate(e, r, upstream)
					want.Upstream = false
					got, err := conformance.Send(addr, u, r, nil)
					if err != nil {
						t.Fatal(err)
					}
					if d := cmp.Diff(want, got); d != "" {
						t.Errorf("%s %d: %s %s (-want +got)\n%s", name, i, o, condition, d)
					}
				}
			}
			if got := ask(t, addr, "GET", "/page.html").header.Get("X-Cache"); !strings.HasPrefix(got, "HIT") {
				t.Errorf("%s %d: the cache is not tested: %q", name, i, got)
			}
		}
	}
}

// What mod_cache keeps of an upstream, which has CORS headers of its own, is given
// to each origin with the headers of the policy for it, and of its path.
func TestCacheOfUpstream(t *testing.T) {
	t.Parallel()
	up := golden.Response{Status: 200, Fields: append([]golden.Field{
		{Name: "Cache-Control", Value: "max-age=100"}, {Name: "Vary", Value: "Accept"},
	}, evilFields...)}
	p := sited(t, map[string]string{"/full/": "full", "/any/": "any", "/gate/": "gate", "/reflecting": "reflecting"})
	u := conformance.StartUpstream(t)
	a := newSite(t)
	a.Modules = append(a.Modules, "cache", "cache_disk")
	a.WriteFile(t, "api.conf", printedSite(t, p))
	a.WriteFile(t, "cache/x", "")
	if err := os.Chmod(filepath.Join(a.Dir, "cache"), 0o777); err != nil {
		t.Fatal(err)
	}
	a.Hosts = []string{"CacheRoot " + a.Dir + "/cache\nCacheHeader on\nCacheEnable disk /\nProxyPass / http://" + u.Addr + "/\nInclude api.conf\n"}
	addr := a.Start(t)[0]
	hits := 0
	for range 3 {
		for _, target := range []string{"/full/x", "/any/x", "/gate/x", "/reflecting", "/none"} {
			for _, o := range []string{"https://app.example.com", "https://evil.example", "", "https://x.example.org", "https://app.example.com"} {
				r := conformance.Request("GET", target, conformance.WithOrigin(o)...)
				want := conformance.Evaluate(routed(p, target), r, &up)
				got, err := conformance.Send(addr, u, r, &up)
				if err != nil {
					t.Fatal(err)
				}
				if want.Upstream && !got.Upstream {
					hits++
				}
				got.Upstream = want.Upstream
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("%s from %q (-want +got)\n%s", target, o, d)
				}
			}
		}
	}
	if hits < 30 {
		t.Errorf("the cache is not tested: %d hits", hits)
	}
}
