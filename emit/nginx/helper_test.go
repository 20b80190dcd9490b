package nginx_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/nginx"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/policy"
)

// settings are the attributes of a policy block.
type settings struct {
	name                              string
	origins, methods, headers, expose []string
	credentials, gate                 bool
	maxAge                            string // "": not set
	status                            int    // 0: not set
}

// full is a policy that uses everything but wildcards.
var full = settings{
	name: "full", origins: []string{"https://app.example.com", "https://admin.example.com"},
	methods: []string{"GET", "PUT", "DELETE"}, headers: []string{"Content-Type", "X-A"}, expose: []string{"X-One", "X-Two"},
	credentials: true, maxAge: "600",
}

// compiled returns a program of policies.
func compiled(tb testing.TB, all ...settings) *ir.Program {
	tb.Helper()
	return compiledSites(tb, nil, all...)
}

// compiledSites returns a program of policies and of sites, which have policies
// by path.
func compiledSites(tb testing.TB, sites map[string]map[string]string, all ...settings) *ir.Program {
	tb.Helper()
	source := policy.Program{Sources: []string{"cors.hcl"}}
	for _, name := range slices.Sorted(maps.Keys(sites)) {
		site := policy.Site{Name: name}
		for _, path := range slices.Sorted(maps.Keys(sites[name])) {
			site.Routes = append(site.Routes, policy.Route{Path: path, Policy: sites[name][path]})
		}
		source.Sites = append(source.Sites, site)
	}
	for i, s := range all {
		source.Policies = append(source.Policies, policy.Policy{
			Name: s.name, Settings: s.policy(tb), Range: diag.Range{File: "cors.hcl", Start: diag.Pos{Line: 3 + 10*i}},
		})
	}
	p, diags := compile.Program(&source)
	if diags.HasErrors() {
		tb.Fatalf("compile: %+v", diags)
	}
	return p
}

func (s settings) policy(tb testing.TB) policy.Settings {
	tb.Helper()
	p := policy.Settings{
		AllowOrigins:     conformance.Origins(tb, s.origins),
		AllowMethods:     conformance.Items(s.methods),
		AllowHeaders:     conformance.Items(s.headers),
		ExposeHeaders:    conformance.Items(s.expose),
		AllowCredentials: conformance.Set(s.credentials),
		OriginGate:       conformance.Set(s.gate),
	}
	if s.maxAge != "" {
		p.MaxAge = conformance.Set(map[string]int{"0": 0, "600": 600, "86400": 86400}[s.maxAge])
	}
	if s.status != 0 {
		p.PreflightStatus = conformance.Set(s.status)
	}
	return p
}

// printed returns the files of a program by name.
func printed(tb testing.TB, p *ir.Program) map[string]string {
	tb.Helper()
	files, diags := nginx.Emit(p, emit.Options{})
	if diags.HasErrors() {
		tb.Fatalf("Emit: %+v", diags)
	}
	byName := map[string]string{}
	for _, f := range files {
		byName[f.Path] = string(f.Content)
	}
	return byName
}
