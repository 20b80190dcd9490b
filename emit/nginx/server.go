package nginx

import (
	"fmt"
	"strings"

	"github.com/corsgen/corsgen/ir"
)

// location is a place inside the server that answers by itself. Its name has no
// slash in front, so that no request can ask for it.
type location struct {
	class, who string // of the requests that go there
	name       string
	response   ir.Response
}

// locations returns the answers that p gives without the handler or upstream.
// Every policy has one for preflights, of the same name: nginx refuses it a
// second time in a server, and inside of a location.
func (p policy) locations() []location {
	v := p.variant
	all := []location{{"preflight", "allowed", "corsgen-preflight", v.Preflight.Allowed}}
	if v.Origins.Any {
		return all
	}
	all = append(all, location{"preflight", "refused", "corsgen-refused", v.Preflight.Refused})
	if v.Actual.Refused.Status != 0 {
		all = append(all, location{"actual", "refused", "corsgen-gate", v.Actual.Refused})
	}
	return all
}

// actualBranches returns the branches of requests that reach the handler or
// upstream.
func (p policy) actualBranches() []location {
	v := p.variant
	all := []location{{who: "allowed", response: v.Actual.Allowed}}
	if !v.Origins.Any && v.Actual.Refused.Status == 0 {
		all = append(all, location{who: "refused", response: v.Actual.Refused})
	}
	return append(all, location{who: "absent", response: v.Actual.Absent})
}

// server prints NAME.server.conf.
func (c *config) server(p policy) []byte {
	var b strings.Builder
	c.preamble(&b, append(append([]string{""}, p.about()...),
		"",
		"The policy of a server"+c.environment()+". Include it as the first line of the server, before any",
		"return, rewrite or if; http.conf must be included at the http level:",
		"",
		"    server {",
		"        include cors/"+p.Name+".server.conf;",
		"",
		"One server has one policy. The file must not be included in a location. A location with add_header",
		"lines of its own needs "+p.Name+".headers.conf too, one with *_hide_header lines of its own hide.conf.",
		"The captures of a regular expression in server_name need names: $1 does not outlast the policy.",
	)...)
	b.WriteString("\n# Preflights are answered here, before authentication, limits and the upstream.\n")
	fmt.Fprintf(&b, "if (%[1]s) { rewrite ^ %[1]s last; }\n", p.variable(c, "go"))
	for _, l := range p.locations() {
		c.location(&b, l)
	}
	b.WriteString("\n")
	c.headerLines(&b, p)
	b.WriteString("\n")
	hideLines(&b)
	return []byte(b.String())
}

// location prints a location that answers by itself. It takes a body of any
// size, and throws it away, since a limit would answer for it.
func (c *config) location(b *strings.Builder, l location) {
	fmt.Fprintf(b, "location = %s {\n    client_max_body_size 0;\n", l.name)
	for _, h := range l.response.Set {
		line := fmt.Sprintf("    add_header %s %s always;%s\n", h.Name, c.value(h.Value), at(" # ", h.Src))
		b.WriteString(line)
	}
	c.vary(b, "    ", l.response.Vary)
	if l.response.Status == 204 {
		b.WriteString("    return 204;\n}\n")
		return
	}
	fmt.Fprintf(b, "    gzip off;\n    return %d %s;\n}\n", l.response.Status, c.variable("nil"))
}

// headers prints NAME.headers.conf.
func (c *config) headers(p policy) []byte {
	var b strings.Builder
	c.preamble(&b, append(append([]string{""}, p.about()...),
		"",
		"The response headers of the policy"+c.environment()+". A location or an if that has add_header",
		"lines of its own loses those of its server. Include it there, as the last of them:",
		"",
		"    location /static/ {",
		"        add_header Cache-Control \"max-age=600\";",
		"        include cors/"+p.Name+".headers.conf;",
		"",
		"It must not stand for "+p.Name+".server.conf, which the server needs as well.",
	)...)
	b.WriteString("\n")
	c.headerLines(&b, p)
	return []byte(b.String())
}

// headerLines prints the headers of actual responses. nginx does not merge Vary
// lines, and some caches key on the last one alone, so ours is the last.
func (c *config) headerLines(b *strings.Builder, p policy) {
	for _, h := range c.actual(p) {
		fmt.Fprintf(b, "add_header %s %s always;\n", h.name, h.mapping.variable)
	}
	c.vary(b, "", p.variant.Actual.Allowed.Vary) // the same in every branch
}

func (c *config) vary(b *strings.Builder, indent string, members []string) {
	if len(members) > 0 {
		fmt.Fprintf(b, "%sadd_header Vary %s always;\n", indent, quote(strings.Join(members, ", ")))
	}
}

// hide prints hide.conf.
func (c *config) hide() []byte {
	var b strings.Builder
	c.preamble(&b,
		"",
		"Removes the CORS headers that an upstream sets, which belong to the policy of the server. A",
		"location that has *_hide_header lines of its own loses those of its server. Include it there:",
		"",
		"    location /app/ {",
		"        proxy_hide_header X-Powered-By;",
		"        include cors/hide.conf;",
		"",
		"It must not stand where no policy is in force: it would remove the headers and put none in place.",
	)
	b.WriteString("\n")
	hideLines(&b)
	return []byte(b.String())
}

func hideLines(b *strings.Builder) {
	for _, protocol := range []string{"proxy", "fastcgi", "uwsgi", "scgi", "grpc"} {
		for _, name := range ir.Owned() {
			fmt.Fprintf(b, "%s_hide_header %s;\n", protocol, name)
		}
	}
}
