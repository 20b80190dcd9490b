package nginx

import (
	"slices"
	"strconv"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// config is a program on its way to be printed.
type config struct {
	program  *ir.Program
	options  emit.Options
	policies []policy
	sites    []site
	keys     *folder // of exact origins
	views    []view
	texts    []string // constants that hold a "$"
	mark     string   // the variable by which the other files refer to http.conf
}

// policy is a policy in the environment of the output.
type policy struct {
	*ir.Policy
	variant  *ir.Variant
	patterns patterns
}

func newConfig(p *ir.Program, o emit.Options) *config {
	c := &config{program: p, options: o}
	var literals []ir.Pattern
	for i := range p.Policies {
		variant, _ := p.Policies[i].Variant(o.Environment)
		view := policy{Policy: &p.Policies[i], variant: variant, patterns: split(variant.Origins.Patterns)}
		c.policies = append(c.policies, view)
		c.addTexts(variant)
		literals = append(literals, view.patterns.literals...)
	}
	for i := range p.Sites {
		c.sites = append(c.sites, newSite(&p.Sites[i], c.policies))
	}
	c.keys = newFolder(c, "$http_origin", "", literals)
	c.views = newViews(c)
	c.mark = c.newMark()
	return c
}

// servers returns what servers may include.
func (c *config) servers() []server {
	var all []server
	for _, p := range c.policies {
		all = append(all, p.server(c))
	}
	for _, s := range c.sites {
		all = append(all, s.server(c))
	}
	return all
}

func (c *config) addTexts(v *ir.Variant) {
	for _, h := range constants(v) {
		if text := h.Value.Const; strings.Contains(text, "$") && !slices.Contains(c.texts, text) {
			c.texts = append(c.texts, text)
		}
	}
}

// variable returns the name of a variable of the program: "$corsgen_origin".
// Roles hold no underscore, so that names never collide.
func (c *config) variable(role string) string {
	return "$corsgen" + c.options.Prefix + "_" + role
}

// variable returns the name of a variable of the policy: "$corsgen_go_app".
func (p policy) variable(c *config, role string) string {
	return c.variable(role) + "_" + p.Name
}

// value returns a header's value as printed.
func (c *config) value(v ir.Value) string {
	switch v.Echo {
	case ir.EchoOrigin:
		return "$http_origin"
	case ir.EchoMethod:
		return c.variable("method")
	case ir.EchoHeaders:
		return c.variable("headers")
	}
	if i := slices.Index(c.texts, v.Const); i >= 0 {
		return c.variable("text" + strconv.Itoa(i+1))
	}
	return quote(v.Const)
}

// echoes reports whether some policy repeats a part of the request.
func (c *config) echoes(e ir.Echo) bool {
	return slices.ContainsFunc(c.policies, func(p policy) bool {
		return slices.ContainsFunc(p.variant.Preflight.Allowed.Set, func(h ir.Header) bool { return h.Value.Echo == e })
	})
}

// preamble prints the comment that a file starts with.
func (c *config) preamble(b *strings.Builder, lines ...string) {
	b.WriteString("# " + emit.Marker(c.program) + "\n")
	for _, line := range lines {
		b.WriteString(strings.TrimRight("# "+line, " ") + "\n")
	}
}

// folder is the name of the output's folder beside nginx.conf, where comments say
// what to include.
func (c *config) folder() string {
	if c.options.Prefix == "" {
		return "cors"
	}
	return "cors-" + c.options.Prefix
}

// environment names the environment of the output for comments.
func (c *config) environment() string {
	if c.options.Environment == "" {
		return ""
	}
	return ", in the environment " + emit.Comment(c.options.Environment)
}

// about prints the policy's description and place as comments.
func (p policy) about() []string {
	lines := []string{"Policy " + emit.Comment(p.Name) + at(", ", p.variant.Src)}
	return append(lines, emit.CommentLines(p.variant.Description, 90)...)
}

// at returns the place of r after a word, "" where there is none.
func at(word string, r diag.Range) string {
	if r.Start.Line == 0 {
		return ""
	}
	return word + emit.Place(r)
}
