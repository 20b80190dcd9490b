// Package apache prints policies as configuration for the Apache HTTP Server,
// 2.4.47 or later: one file for each policy and site, to be included in a
// <VirtualHost> or a <Location>, or to be used as .htaccess.
// docs/targets/apache.md says why it looks the way it does.
package apache

import (
	"fmt"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// Target returns the Apache target.
func Target() emit.Target {
	return emit.Target{
		Name:  "apache",
		Doc:   "Apache HTTP Server 2.4.47 or later: one file per policy and site, to include in a <VirtualHost>",
		Level: emit.E1,
		Emit:  Emit,
	}
}

// The contexts that a file is for.
const (
	inVhost    = "vhost"
	inLocation = "location"
	inHtaccess = "htaccess"
)

// floor is the oldest Apache that the output is for. 2.4.46 leaves the headers of
// a policy out of 304 answers; 2.4.25 knows neither an <If> in an <If> nor no-proxy.
const floor = "2.4.47"

// Emit prints every policy and site of p, as they stand in the environment of o,
// as files for one context: NAME.vhost.conf, NAME.location.conf or NAME.htaccess,
// and README.md.
func Emit(p *ir.Program, o emit.Options) ([]emit.File, diag.List) {
	if o.Context == "" {
		o.Context = inVhost
	}
	if found := check(p, o); found.HasErrors() {
		return nil, found
	}
	var files []emit.File
	var found diag.List
	if len(p.Policies) > 0 {
		files = append(files, printReadme(p, o))
	}
	for i := range p.Policies {
		f := &file{program: p, context: o.Context}
		s := newScope(f, &p.Policies[i], o.Environment)
		name := s.policy.Name + ".vhost.conf"
		switch o.Context {
		case inVhost:
			f.printPolicy(s)
		case inLocation:
			name = s.policy.Name + ".location.conf"
			(&place{s}).print()
		case inHtaccess:
			name = s.policy.Name + ".htaccess"
			(&place{s}).print()
			found = append(found, checkLines(s)...)
		}
		files, found = append(files, emit.File{Path: name, Content: f.out.Bytes()}), append(found, f.diags...)
	}
	for i := range p.Sites {
		f := &file{program: p, context: o.Context}
		f.printSite(&p.Sites[i], o.Environment)
		files, found = append(files, emit.File{Path: p.Sites[i].Name + ".vhost.conf", Content: f.out.Bytes()}), append(found, f.diags...)
	}
	if found.HasErrors() {
		return nil, found
	}
	return files, found
}

// check reports what the options do not allow.
func check(p *ir.Program, o emit.Options) diag.List {
	var found diag.List
	if o.ServerVersion != "" && emit.Older(o.ServerVersion, floor) {
		found = append(found, diag.Diagnostic{
			Code:    "C511",
			Summary: "Apache " + o.ServerVersion + " is too old for the policies",
			Detail:  tooOld(o.ServerVersion) + " Use Apache " + floor + " or later, or remove the target.",
			Range:   o.ServerVersionRange,
		})
	}
	for i := range p.Policies {
		if _, ok := p.Policies[i].Variant(o.Environment); !ok {
			found = append(found, diag.Diagnostic{
				Code:    "C002",
				Summary: fmt.Sprintf("there is no environment %q", o.Environment),
				Detail:  "An output is for an environment that the program declares. Add it to environments, or choose one of them.",
				Range:   p.Policies[i].Src,
			})
		}
	}
	for i := range p.Sites {
		if o.Context != inVhost {
			found = append(found, diag.Diagnostic{
				Code:    "C510",
				Summary: fmt.Sprintf("A site cannot be in the context %q", o.Context),
				Detail:  fmt.Sprintf("A site chooses a policy by path before Apache chooses a <Location> or a folder. Write context = \"vhost\", or remove site %q.", p.Sites[i].Name),
				Range:   p.Sites[i].Src,
			})
		}
	}
	return found
}

func tooOld(version string) string {
	if emit.Older(version, "2.4.26") {
		return "Before 2.4.26 Apache takes no <If> inside another one, and cannot keep preflights from an upstream."
	}
	return "Before 2.4.47 Apache leaves the headers of the policy out of 304 answers."
}
