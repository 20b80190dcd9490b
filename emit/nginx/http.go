package nginx

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/ir"
)

// http prints http.conf.
func (c *config) http() []byte {
	var b strings.Builder
	c.preamble(&b,
		"",
		"The decisions of every policy"+c.environment()+". Include it once, at the http level, after any",
		"map_hash_bucket_size and map_hash_max_size of your own:",
		"",
		"    http {",
		"        include "+c.folder()+"/http.conf;",
		"",
		"where "+c.folder()+"/ is this folder, seen from the folder of nginx.conf. It changes no answer until a",
		"server includes its NAME.server.conf. It must not be included in a server or a location.",
	)
	b.WriteString("\n# Does nginx refuse this line? The file belongs in http, once; a copy would override it silently.\n")
	b.WriteString("log_format " + c.variable("http")[1:] + "_conf_included_twice \"-\";\n\n")
	b.WriteString("# By this name nginx says that the file is missing, or was not printed together with the others.\n")
	empty(&b, c.mark)
	c.requestMaps(&b)
	if slices.ContainsFunc(c.policies, func(p policy) bool { return !p.variant.Origins.Any }) {
		c.originMaps(&b)
	}
	c.echoMaps(&b)
	for _, p := range c.policies {
		c.policyMaps(&b, p)
	}
	if len(c.sites) > 0 {
		c.sharedSiteMaps(&b)
	}
	for _, s := range c.sites {
		c.siteMaps(&b, s)
	}
	return []byte(b.String())
}

// newMark returns a variable that is named by what the other files say, apart from
// comments. They refer to it, so that nginx refuses files of two generations.
func (c *config) newMark() string {
	digest := sha256.New()
	for _, f := range c.files() {
		for line := range strings.Lines(string(f.Content)) {
			line, _, _ = strings.Cut(line, "; # ") // which no header can hold
			if !strings.HasPrefix(line, "#") {
				fmt.Fprintln(digest, strings.TrimSpace(line))
			}
		}
	}
	return c.variable(fmt.Sprintf("not_in_http_conf_%x", digest.Sum(nil)[:4]))
}

// empty prints a variable without a value.
func empty(b *strings.Builder, variable string) {
	mapping{source: `""`, variable: variable, entries: []entry{{"default", `""`, ""}}}.print(b)
}

// requestMaps prints what all policies need to know of a request.
func (c *config) requestMaps(b *strings.Builder) {
	b.WriteString("\n# An empty text: `return 403 $nil` sends no body and passes by error_page.\n")
	empty(b, c.variable("nil"))

	c.classMaps(b)
	status := c.variable("status")
	b.WriteString("\n# nginx runs add_header twice for a 416 of its own: after the 200 that it was first going to be.\n")
	mapping{source: "$status", variable: status, entries: []entry{{"default", "$status", ""}}}.print(b)
	mapping{source: `"` + status + ` $status"`, variable: c.variable("twice"), volatile: true, entries: []entry{
		{"default", `""`, ""}, {`"200 416"`, "again", ""},
	}}.print(b)
	mapping{source: "$http_range", variable: c.variable("again"), volatile: true, entries: []entry{
		{"default", c.variable("twice"), ""}, {`""`, `""`, ""},
	}}.print(b)
	if len(c.texts) > 0 {
		b.WriteString("\n# geo takes a value as it is; elsewhere nginx has no way to write a dollar.\n")
	}
	for _, text := range c.texts {
		b.WriteString("geo " + c.value(ir.Value{Const: text}) + " {\n    default " + quote(text) + ";\n}\n")
	}
}

// classMaps prints what class of request it is. One look-up is enough for the
// usual methods.
func (c *config) classMaps(b *strings.Builder) {
	kind, options, other := c.variable("kind"), c.variable("options"), c.variable("other")
	b.WriteString("\n# A preflight is an OPTIONS with an Origin and an Access-Control-Request-Method, none of them empty.\n" +
		"# What a server answers before it has asked, such as a 400, has a status by then: it is none of ours.\n")
	mapping{source: "$http_origin", variable: kind, entries: []entry{{"default", "preflight", ""}, {`""`, "actual", ""}}}.print(b)
	mapping{source: "$http_access_control_request_method", variable: options, entries: []entry{{"default", kind, ""}, {`""`, "actual", ""}}}.print(b)
	mapping{source: "$status", variable: other, entries: []entry{{"default", "late", ""}, {"000", "actual", ""}}}.print(b)
	class := mapping{source: `"$status $request_method"`, variable: c.variable("class"), entries: []entry{{"default", other, ""}}}
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		class.entries = append(class.entries, entry{quoteKey("000 " + method), "actual", ""})
	}
	class.entries = append(class.entries, entry{`"000 OPTIONS"`, options, ""})
	class.print(b)
}

// originMaps prints the gates that origins pass, and what makes them comparable.
func (c *config) originMaps(b *strings.Builder) {
	b.WriteString("\n# The keys of a map ignore case, and an origin does not: one with a capital letter is none of them,\n" +
		"# nor is one with a blank.\n")
	mapping{source: "$http_origin", variable: c.variable("exact"), entries: []entry{
		{"default", "allowed", ""}, {quoteRegexp(foreign), "refused", ""},
	}}.print(b)
	if slices.ContainsFunc(c.policies, func(p policy) bool { return p.patterns.wild() }) {
		b.WriteString("\n# No pattern matches an origin with a capital letter, a blank, or more than 512 bytes.\n")
		mapping{source: "$http_origin", variable: c.variable("origin"), entries: []entry{
			{"default", unfit, ""}, {`""`, `""`, ""}, {quoteRegexp("^[^A-Z ]{1,512}+$"), "$http_origin", ""},
		}}.print(b)
	}
	if len(c.keys.levels) > 0 {
		b.WriteString("\n# A key of a map has at most 46 bytes: the head of a longer origin becomes a number.\n")
	}
	c.keys.print(b, c)
	for _, v := range c.views {
		v.print(b, c)
	}
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]"

// echoMaps prints the parts of a preflight that a policy repeats. The
// quantifiers give nothing back, so that no value takes long or much stack.
func (c *config) echoMaps(b *strings.Builder) {
	if c.echoes(ir.EchoMethod) {
		b.WriteString("\n# A method is repeated if it is a token.\n")
		const source = "$http_access_control_request_method"
		mapping{source: source, variable: c.variable("method"), entries: []entry{
			{"default", `""`, ""}, {quoteRegexp("^" + token + "{1,4000}+$"), source, ""},
		}}.print(b)
	}
	if c.echoes(ir.EchoHeaders) {
		b.WriteString("\n# A list of headers is repeated if it is a list of tokens.\n")
		const source = "$http_access_control_request_headers"
		const list = "^(?!.{4001})" + token + "++(?:[\t ]*+,[\t ]*+" + token + "++)*+$"
		mapping{source: source, variable: c.variable("headers"), entries: []entry{
			{"default", `""`, ""}, {quoteRegexp(list), source, ""},
		}}.print(b)
	}
}

// policyMaps prints the decisions of a policy.
func (c *config) policyMaps(b *strings.Builder, p policy) {
	b.WriteString("\n")
	for _, line := range p.about() {
		b.WriteString("# " + line + "\n")
	}
	c.branches(b, p)
	c.route(p).print(b)
	for _, h := range c.actual(p) {
		h.mapping.print(b)
	}
}

// route is where a request goes instead of to the handler or upstream. The
// server asks before anything else.
func (c *config) route(p policy) mapping {
	m := mapping{
		source:   `"` + c.variable("class") + " " + p.variable(c, "who") + `"`,
		variable: p.variable(c, "go"),
		entries:  []entry{{"default", `""`, ""}},
	}
	for _, l := range p.locations() {
		m.entries = append(m.entries, entry{key: quoteKey(l.class + " " + l.who), value: l.name})
	}
	return m
}

// header is a header of actual responses: its name, and the map that says its
// value.
type header struct {
	name    string
	mapping mapping
}

// actual returns the headers of responses that come from the handler or
// upstream, in the order in which the branches set them.
func (c *config) actual(p policy) []header {
	var headers []header
	for _, branch := range p.actualBranches() {
		for _, h := range branch.response.Set {
			m := c.headerMap(&headers, p, h.Name)
			m.entries = append(m.entries, entry{quoteKey("actual " + branch.who), c.value(h.Value), at("", h.Src)})
		}
	}
	return headers
}

func (c *config) headerMap(headers *[]header, p policy, name string) *mapping {
	for i := range *headers {
		if (*headers)[i].name == name {
			return &(*headers)[i].mapping
		}
	}
	*headers = append(*headers, header{name, mapping{
		source:   `"` + c.variable("class") + " " + p.variable(c, "who") + c.variable("again") + `"`,
		variable: p.variable(c, initials(name)),
		volatile: true,
		entries:  []entry{{"default", `""`, ""}},
	}})
	return &(*headers)[len(*headers)-1].mapping
}

// initials returns "acao" for Access-Control-Allow-Origin.
func initials(name string) string {
	var s strings.Builder
	for word := range strings.SplitSeq(name, "-") {
		s.WriteString(strings.ToLower(word[:1]))
	}
	return s.String()
}
