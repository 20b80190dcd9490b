package nginx

import (
	"slices"
	"strings"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// site chooses one of its policies by the path of a request.
type site struct {
	*ir.Site
	policies []policy // each once, in the program's order
}

func newSite(s *ir.Site, all []policy) site {
	view := site{Site: s}
	for i := range all {
		if slices.ContainsFunc(s.Routes, func(r ir.Route) bool { return r.Policy == i }) {
			view.policies = append(view.policies, all[i])
		}
	}
	return view
}

func (s site) variable(c *config, role string) string { return c.variable(role) + "_" + s.Name }

func (s site) about() []string { return []string{"Site " + emit.Comment(s.Name) + at(", ", s.Src)} }

// server returns a site as a server includes it. It has a line for every header
// that a policy owns, since the upstream's are hidden.
func (s site) server(c *config) server {
	out := server{kind: "site", name: s.Name, about: s.about(), policies: s.policies, choice: s.variable(c, "go")}
	for _, name := range ir.Owned() {
		out.headers = append(out.headers, line{name, s.variable(c, initials(name))})
	}
	if s.varies() {
		out.headers = append(out.headers, line{"Vary", s.variable(c, "vary")})
	}
	return out
}

func (s site) varies() bool {
	return slices.ContainsFunc(s.policies, func(p policy) bool { return p.vary() != "" })
}

// simpleTarget is one for most of them that is quick: without "%", "#" and "..".
const simpleTarget = `[^?#%.]*+(?:\.[^?#%.]++)*+(?:\?|$)`

// dots is what stands for a segment ".." in a request target.
const dots = `(?:\.|%2[Ee]){2}(?:[/?]|$)`

// plainTarget is a regular expression for request targets of which nginx makes the
// path that the semantics make of them, whatever its settings: without "%2F",
// which is a "/" to nginx, without "#", where nginx stops reading, and without a
// ".." after "//", which removes an empty segment where merge_slashes is off.
// Its quantifiers give nothing back.
const plainTarget = `(?!(?:/[^/?]++)*+/(?=/)(?:/(?!` + dots + `)[^/?]*+)*+/` + dots + `)` +
	`[^?#%]*+(?:%(?!2[Ff])[^?#%]*+)*+(?:\?|$)`

// sharedSiteMaps prints what all sites need to know of a request.
func (c *config) sharedSiteMaps(b *strings.Builder) {
	b.WriteString("\n# The path that a request came in with. It stays, whatever the server rewrites. A path that could be\n" +
		"# read in two ways has no policy, and neither has what was answered before it has been asked for.\n")
	mapping{source: `"$status $request_uri"`, variable: c.variable("path"), entries: []entry{
		{"default", `""`, ""}, {quoteRegexp("^000 " + simpleTarget), "$uri", ""}, {quoteRegexp("^000 " + plainTarget), "$uri", ""},
	}}.print(b)
	b.WriteString("\n# A path without a policy keeps the headers of its upstream, unless nginx drops the whole answer.\n")
	for _, name := range ir.Owned() {
		mapping{source: `"` + c.variable("again") + `$upstream_http_x_accel_redirect"`, variable: c.variable("up" + initials(name)), volatile: true, entries: []entry{
			{"default", `""`, ""}, {`""`, "$upstream_http_" + strings.ToLower(strings.ReplaceAll(name, "-", "_")), ""},
		}}.print(b)
	}
}

// siteMaps prints the decisions of a site.
func (c *config) siteMaps(b *strings.Builder, s site) {
	b.WriteString("\n")
	for _, line := range s.about() {
		b.WriteString("# " + line + "\n")
	}
	c.routes(s).print(b)
	s.choose(c, "go", `""`, func(p policy) string { return p.variable(c, "go") }).print(b)
	for _, name := range ir.Owned() {
		s.header(c, name).print(b)
	}
	if s.varies() {
		s.choose(c, "vary", `""`, func(p policy) string { return quote(p.vary()) }).print(b)
	}
}

// choose is a map from the policy of a path to a value of that policy.
func (s site) choose(c *config, role, otherwise string, value func(policy) string) mapping {
	m := mapping{source: s.variable(c, "route"), variable: s.variable(c, role), entries: []entry{{"default", otherwise, ""}}}
	for _, p := range s.policies {
		m.entries = append(m.entries, entry{quoteKey(p.Name), value(p), ""})
	}
	return m
}

// header is the value of a header: that of the path's policy, or of the upstream
// where there is none.
func (s site) header(c *config, name string) mapping {
	role := initials(name)
	upstream := c.variable("up" + role)
	m := s.choose(c, role, upstream, func(p policy) string { return p.headerValue(c, name) })
	if !slices.ContainsFunc(m.entries[1:], func(e entry) bool { return e.value != `""` }) {
		m.entries = []entry{{"default", `""`, ""}, {`""`, upstream, ""}}
	}
	m.volatile = true
	return m
}

// headerValue returns the variable of a header of the policy, or an empty text
// where the policy has none.
func (p policy) headerValue(c *config, name string) string {
	for _, h := range c.actual(p) {
		if h.name == name {
			return h.mapping.variable
		}
	}
	return `""`
}
