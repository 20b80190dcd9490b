package apache

import (
	"fmt"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// printPolicy prints one policy for a <VirtualHost>.
func (f *file) printPolicy(s *scope) {
	s.about()
	f.linef("")
	f.comment("The first and the last of these lines keep other SetEnvIf lines and ours apart.")
	f.once(s.policy.Name)
	s.classify()
	f.linef("")
	s.actual()
	s.preflight()
	s.gate()
	f.twice()
}

// once prints the lines that notice a second policy or site in the virtual host.
func (f *file) once(name string) {
	f.reread()
	f.linef(`SetEnvIfExpr "-n reqenv('corsgen_name') && -n req_novary('Origin')" corsgen_twice no-proxy`)
	f.linef(`SetEnvIfExpr "true" corsgen_name=%s`, name)
}

// twice prints the answer to requests of which two policies would decide. Nothing
// makes that an error when Apache reads the files.
func (f *file) twice() {
	const condition = `"-n reqenv('corsgen_twice')"`
	f.linef("")
	f.section("If", condition, func() {
		f.bypass()
		f.section("If", condition, func() {
			f.disown()
			f.linef(`ErrorDocument 500 "corsgen: this virtual host includes two CORS policies or sites, or one of them twice."`)
			f.linef("Redirect 500")
		})
	})
}

// printSite prints a site for a <VirtualHost>: the policy of a request is that of
// its path.
func (f *file) printSite(site *ir.Site, environment string) {
	scopes := f.scopes(site, environment)
	f.header(site.Name, fmt.Sprintf("The CORS site %s (%s)%s: policies by path.", site.Name, emit.Place(site.Src), inEnvironment(environment)))
	f.guards("site " + site.Name)
	f.linef("")
	f.comment("The first of these lines keeps other SetEnvIf lines and ours apart.")
	f.once(site.Name)
	f.routes(site)
	for _, s := range scopes {
		f.linef("")
		f.comment(fmt.Sprintf("Policy %s (%s)", s.policy.Name, emit.Place(s.policy.Src)))
		s.linef(`SetEnvIfExpr "reqenv('%s') == '%s'" %s`, routeName(site), s.policy.Name, s.name("here"))
		s.classify()
	}
	for _, s := range scopes {
		f.linef("")
		f.comment("Policy " + s.policy.Name)
		s.actual()
	}
	for _, s := range scopes {
		s.preflight()
		s.gate()
	}
	f.twice()
}

// scopes returns the policies of a site, in the order of the program.
func (f *file) scopes(site *ir.Site, environment string) []*scope {
	used := map[int]bool{}
	for _, r := range site.Routes {
		used[r.Policy] = true
	}
	var all []*scope
	for i := range f.program.Policies {
		if used[i] {
			s := newScope(f, &f.program.Policies[i], environment)
			s.routed = true
			all = append(all, s)
		}
	}
	return all
}
