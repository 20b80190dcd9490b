package apache_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/apache"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
	"github.com/corsgen/corsgen/ir"
)

// printedFor returns the file of the only policy of p for a context.
func printedFor(t *testing.T, p *ir.Program, context string) string {
	t.Helper()
	files, diags := apache.Emit(p, emit.Options{Context: context})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return string(files[len(files)-1].Content)
}

// deviations are the rows of the table in docs/targets/apache.md where a context lacks
// what a virtual host has, and the places that show it.
type deviations map[string][]string

const (
	tooEarly = "errors before Apache knows the place (a name that is too long)"
	outside  = "error pages that are files outside of the place"
	removed  = "error pages that are files, beside `RequestHeader unset Origin`"
)

var (
	inLocation = deviations{
		tooEarly: {"name too long"},
		outside:  nil, // the place is all of the host
		removed:  {"origin removed and a page for errors"},
	}
	inHtaccess = deviations{
		tooEarly: {"name too long"},
		outside:  nil,
		removed:  {"origin removed and a page for errors"},
		"preflights and `origin_gate` before a password, `Require`, `AllowMethods`": {
			"a page for 403", "allow methods", "basic auth", "basic auth and a page for it", "denied", "denied by address", "denied by expression",
			"denied by file", "denied the old way", "limit except",
		},
		"answers of `Redirect` and `RewriteRule` of the server": {
			"gone", "redirected", "redirected in a location", "redirected in an If", "rewritten, forbidden", "rewritten, redirected",
		},
		"preflights for names that Apache completes (MultiViews)": {"negotiated"},
		"what is proxied": {
			"balanced", "dead upstream", "dead upstream and a page for errors", "errors of the upstream overridden", "errors of the upstream overridden by a text",
			"proxy", "proxy and deflate", "proxy behind auth", "proxy by handler", "proxy in a location", "rewritten to the upstream",
			"taken early", "taken early, allow methods", "taken early, basic auth", "taken early, denied the old way", "taken early, limit except",
		},
	}
)

// In a <Location> the answers are those of the reference, but for what the file's
// header says.
func TestLocation(t *testing.T) {
	for name, s := range policies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := compiled(t, s)
			testContext(t, p, "<Location />\nInclude app.location.conf\n</Location>", "app.location.conf", printedFor(t, p, "location"), inLocation)
		})
	}
}

// In an .htaccess file the policy is in force for files and scripts in the folder
// that Apache lets everybody have.
func TestHtaccessPlaces(t *testing.T) {
	for name, s := range policies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := compiled(t, s)
			testContext(t, p, "<Directory %[2]s>\nAllowOverride FileInfo\n</Directory>", "www/.htaccess", printedFor(t, p, "htaccess"), inHtaccess)
		})
	}
}

// TestDeviations demands that the documentation says "no" where a context deviates,
// and nowhere else.
func TestDeviations(t *testing.T) {
	text, err := os.ReadFile("../../docs/targets/apache.md")
	if err != nil {
		t.Fatal(err)
	}
	var location, htaccess []string
	for _, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(line, " | ")
		if len(cells) != 4 || cells[1] != "yes" {
			continue
		}
		row := strings.TrimPrefix(cells[0], "| ")
		if cells[2] == "no" {
			location = append(location, row)
		}
		if strings.HasPrefix(cells[3], "no") {
			htaccess = append(htaccess, row)
		}
	}
	sorted := cmpopts.SortSlices(strings.Compare)
	if d := cmp.Diff(slices.Collect(maps.Keys(inLocation)), location, sorted); d != "" {
		t.Errorf("location (-found +documented)\n%s", d)
	}
	if d := cmp.Diff(slices.Collect(maps.Keys(inHtaccess)), htaccess, sorted); d != "" {
		t.Errorf("htaccess (-found +documented)\n%s", d)
	}
}

// testContext compares the answers of every place with the reference. In the
// places that the context is without, no other origin is let in at least.
func testContext(t *testing.T, p *ir.Program, include, file, content string, known deviations) {
	t.Helper()
	u := conformance.StartUpstream(t)
	a := newSite(t)
	a.WriteFile(t, file, content)
	for _, pl := range places {
		lines := fmt.Sprintf(include+"\n"+pl.config+"%.0[1]s%.0[2]s", u.Addr, a.Dir+"/www")
		a.Hosts = append(a.Hosts, "DocumentRoot www\n"+lines)
	}
	e, without := evaluator(p), slices.Concat(slices.Collect(maps.Values(known))...)
	for i, addr := range a.Start(t) {
		pl := places[i]
		for _, r := range pl.requests() {
			want := conformance.Evaluate(e, r, &pl.want)
			want.Upstream = want.Upstream && pl.proxy
			got, err := conformance.Send(addr, u, r, &pl.want)
			if err != nil {
				t.Fatalf("%s: %v", pl.name, err)
			}
			lets := slices.ContainsFunc(got.CORS, func(h string) bool {
				return !strings.HasPrefix(h, "Access-Control-Expose-Headers: ") && !slices.Contains(want.CORS, h)
			})
			if d := cmp.Diff(want, got); d != "" && (lets || !slices.Contains(without, pl.name)) {
				t.Errorf("%s: %+v (-want +got)\n%s", pl.name, r, d)
			}
		}
	}
}

// A <Location> takes lists of any length.
func TestLocationOfManyOrigins(t *testing.T) {
	t.Parallel()
	s := settings{maxAge: -1, status: 204, credentials: true}
	for i := range 10_000 {
		s.origins = append(s.origins, fmt.Sprintf("https://%x.customer-%d.example.com", i*i*7919, i))
	}
	p := compiled(t, s)
	a := newSite(t)
	a.WriteFile(t, "app.location.conf", printedFor(t, p, "location"))
	a.Hosts = []string{"DocumentRoot www\n<Location />\nInclude app.location.conf\n</Location>"}
	addr := a.Start(t)[0]
	u, e := conformance.StartUpstream(t), evaluator(p)
	for i := range 200 {
		o := s.origins[i*49]
		for _, o := range []string{o, o + "x", strings.Replace(o, "customer", "customers", 1)} {
			r := conformance.Request("OPTIONS", "/page.html", conformance.WithOrigin(o, preflights[0]...)...)
			got, err := conformance.Send(addr, u, r, nil)
			if d := cmp.Diff(conformance.Evaluate(e, r, nil), got); err != nil || d != "" {
				t.Fatalf("%s: %v\n%s", o, err, d)
			}
		}
	}
}

// Lists that Apache would not read from an .htaccess file are an error at the
// policy's line.
func TestHtaccessOfManyOrigins(t *testing.T) {
	t.Parallel()
	s := full
	var longest *ir.Program
	for i := range 2000 {
		s.origins = append(s.origins, fmt.Sprintf("https://c%d.example.com", i*i))
		if i%10 != 0 {
			continue
		}
		p := compiled(t, s)
		_, diags := apache.Emit(p, emit.Options{Context: "htaccess"})
		if !diags.HasErrors() {
			longest = p
			continue
		}
		v := p.Policies[0].Variants[0]
		if len(diags) != 1 || diags[0].Code != "C510" || diags[0].Range != v.Src || len(s.origins) < 300 {
			t.Errorf("%d origins: %v", len(s.origins), diags)
		}
		break
	}
	a := newSite(t)
	a.WriteFile(t, "www/.htaccess", printedFor(t, longest, "htaccess"))
	a.Hosts = []string{"DocumentRoot www\n<Directory " + a.Dir + "/www>\nAllowOverride FileInfo\n</Directory>"}
	addr := a.Start(t)[0]
	patterns := longest.Policies[0].Variants[0].Origins.Patterns
	for _, p := range []string{patterns[0].String(), patterns[len(patterns)-1].String()} {
		if got := ask(t, addr, "GET", "/page.html", "Origin: "+p); got.header.Get("Access-Control-Allow-Origin") != p {
			t.Errorf("with %d origins %s got %+v", len(patterns), p, got.header)
		}
	}
}

// Whether Apache reads the .htaccess file depends on AllowOverride.
func TestAllowOverride(t *testing.T) {
	t.Parallel()
	a := newSite(t)
	a.WriteFile(t, "www/.htaccess", printedFor(t, compiled(t, full), "htaccess"))
	tests := []struct {
		allowOverride string
		status        int
		allowed       bool
	}{
		{"All", 200, true},
		{"FileInfo", 200, true},
		{"None", 200, false},
		{"AuthConfig", 500, false},
	}
	for _, test := range tests {
		a.Hosts = append(a.Hosts, "DocumentRoot www\n<Directory "+a.Dir+"/www>\nAllowOverride "+test.allowOverride+"\n</Directory>")
	}
	for i, addr := range a.Start(t) {
		got := ask(t, addr, "GET", "/page.html", "Origin: https://app.example.com")
		if allowed := got.header.Get("Access-Control-Allow-Origin") != ""; got.status != tests[i].status || allowed != tests[i].allowed {
			t.Errorf("%s: %d, allowed %t", tests[i].allowOverride, got.status, allowed)
		}
	}
}

// The files for places are as they were reviewed.
func TestContextFiles(t *testing.T) {
	printed := map[string][]byte{}
	for _, context := range []string{"location", "htaccess"} {
		for _, name := range []string{"full", "any", "gate", "reflecting"} {
			printed[name+"."+context] = []byte(printedFor(t, compiled(t, policies[name]), context))
		}
	}
	golden.Compare(t, "testdata/contexts", printed)
}
