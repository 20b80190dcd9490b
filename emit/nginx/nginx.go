// Package nginx prints policies as configuration for nginx: one file of decisions
// for the http level, and for each policy one file to include in a server.
// docs/targets/nginx.md says how to use them and why they look the way they do.
package nginx

import (
	"cmp"
	"fmt"
	"regexp"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// Target returns the nginx target.
func Target() emit.Target {
	return emit.Target{
		Name:  "nginx",
		Doc:   "nginx 1.22 or later: one file for the http level, and one per policy and site to include in a server",
		Level: emit.E1,
		Emit:  Emit,
	}
}

// Emit prints every policy of p as it stands in the environment of o: http.conf,
// hide.conf, README.md, and for each policy and site NAME.server.conf and NAME.headers.conf.
func Emit(p *ir.Program, o emit.Options) ([]emit.File, diag.List) {
	if found := check(p, o); found.HasErrors() {
		return nil, found
	}
	c := newConfig(p, o)
	files := []emit.File{{Path: "http.conf", Content: c.http()}}
	if len(c.policies) > 0 {
		files = append(files, c.readme())
	}
	return append(files, c.files()...), nil
}

// files prints the files that need http.conf.
func (c *config) files() []emit.File {
	files := []emit.File{{Path: "hide.conf", Content: c.hide()}}
	for _, s := range c.servers() {
		files = append(files, emit.File{Path: s.name + ".server.conf", Content: c.server(s)})
		if c.older(inheritVersion) {
			files = append(files, emit.File{Path: s.name + ".headers.conf", Content: c.headers(s)})
		}
	}
	return files
}

var (
	validName   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,23}$`)
	validPrefix = regexp.MustCompile(`^[a-z0-9]{0,12}$`)
)

// maxNames is the longest that a prefix and the name of a policy or site are together: nginx
// refuses the name of a variable of more than 46 bytes, and "corsgen", a role of
// at most 6 bytes and two underscores take the rest.
const maxNames = 46 - len("corsgen_123456_")

// Versions of nginx from which there is something that the output uses or does
// without.
const (
	oldestVersion  = "1.11.7"  // map: volatile
	grpcVersion    = "1.13.10" // grpc_hide_header
	defaultVersion = "1.22"    // what Debian stable ships
	inheritVersion = "1.29.3"  // add_header_inherit
)

// older reports whether the server of the output comes before a version.
func (c *config) older(than string) bool { return olderServer(c.options, than) }

func olderServer(o emit.Options, than string) bool {
	return emit.Older(cmp.Or(o.ServerVersion, defaultVersion), than)
}

// check reports what would not come out as a configuration that means what the
// program says.
func check(p *ir.Program, o emit.Options) diag.List {
	var found diag.List
	if !validPrefix.MatchString(o.Prefix) {
		found = append(found, finding("C005", diag.Range{}, fmt.Sprintf("nginx prefix %q", o.Prefix),
			"The prefix becomes a part of every variable's name. Write at most 12 lower-case letters and digits."))
	}
	if olderServer(o, oldestVersion) {
		found = append(found, finding("C511", o.ServerVersionRange, "nginx "+o.ServerVersion+" cannot do what a policy needs",
			"Before "+oldestVersion+" a map cannot be worked out anew for each answer, so that errors would have the wrong headers. Update nginx."))
	}
	for i := range p.Policies {
		policy := &p.Policies[i]
		found = append(found, checkName(policy.Name, policy.Src, o.Prefix)...)
		variant, ok := policy.Variant(o.Environment)
		if !ok {
			found = append(found, finding("C002", policy.Src, fmt.Sprintf("there is no environment %q", o.Environment),
				"An output is for an environment that the program declares. Add it to environments, or choose one of them."))
			continue
		}
		for _, h := range constants(variant) {
			if !isText(h.Value.Const) {
				found = append(found, finding("C005", h.Src, "the value of "+h.Name,
					"A header field of a policy holds printable ASCII. Remove the other characters."))
			}
		}
	}
	for i := range p.Sites {
		found = append(found, checkName(p.Sites[i].Name, p.Sites[i].Src, o.Prefix)...)
	}
	return found
}

// checkName checks the name of a policy or site.
func checkName(name string, at diag.Range, prefix string) diag.List {
	if !validName.MatchString(name) {
		return diag.List{finding("C005", at, fmt.Sprintf("name %q", name),
			"The name becomes a part of variables and file names. Write at most 24 lower-case letters, digits and underscores, a letter first.")}
	}
	if len(prefix)+len(name) > maxNames {
		return diag.List{finding("C005", at, fmt.Sprintf("name %q with the nginx prefix %q", name, prefix),
			fmt.Sprintf("Both become a part of variables, whose names nginx keeps short. Write at most %d bytes in both together.", maxNames))}
	}
	return nil
}

func finding(code string, at diag.Range, summary, detail string) diag.Diagnostic {
	return diag.Diagnostic{Code: code, Range: at, Summary: summary, Detail: detail}
}

// constants returns the headers of v that have a constant value.
func constants(v *ir.Variant) []ir.Header {
	var all []ir.Header
	for _, b := range []ir.Branches{v.Preflight, v.Actual} {
		for _, r := range []ir.Response{b.Allowed, b.Refused, b.Absent} {
			for _, h := range r.Set {
				if h.Value.Echo == ir.EchoNone {
					all = append(all, h)
				}
			}
		}
	}
	return all
}
