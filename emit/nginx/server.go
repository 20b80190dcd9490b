package nginx

import (
	"fmt"
	"strings"

	"github.com/corsgen/corsgen/ir"
)

// server is what one server includes: a policy, or a site.
type server struct {
	kind     string // "policy" or "site"
	name     string
	about    []string // for comments
	policies []policy // that it may answer by
	choice   string   // the variable that says where a request goes instead of on
	headers  []line
}

// line is a response header and its value as printed, which may be empty: then
// nginx sends none.
type line struct{ name, value string }

// server returns a policy as a server includes it. nginx does not merge Vary
// lines, and some caches key on the last one alone, so ours is the last.
func (p policy) server(c *config) server {
	s := server{kind: "policy", name: p.Name, about: p.about(), policies: []policy{p}, choice: p.variable(c, "go")}
	for _, h := range c.actual(p) {
		s.headers = append(s.headers, line{h.name, h.mapping.variable})
	}
	if vary := p.vary(); vary != "" {
		s.headers = append(s.headers, line{"Vary", quote(vary)})
	}
	return s
}

// vary returns what the policy adds to Vary, the same in every branch.
func (p policy) vary() string { return strings.Join(p.variant.Actual.Allowed.Vary, ", ") }

// location is a place inside the server that answers by itself. Its name has no
// slash in front, so that no request can ask for it.
type location struct {
	class, who string // of the requests that go there
	name       string
	response   ir.Response
}

// locations returns the answers that p gives without the handler or upstream.
func (p policy) locations() []location {
	v := p.variant
	all := []location{{"preflight", "allowed", "corsgen-preflight-" + p.Name, v.Preflight.Allowed}}
	if v.Origins.Any {
		return all
	}
	all = append(all, location{"preflight", "refused", "corsgen-refused-" + p.Name, v.Preflight.Refused})
	if v.Actual.Refused.Status != 0 {
		all = append(all, location{"actual", "refused", "corsgen-gate-" + p.Name, v.Actual.Refused})
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
func (c *config) server(s server) []byte {
	var b strings.Builder
	own := "A location with *_hide_header lines of its own needs hide.conf."
	if c.older(inheritVersion) {
		own = "A location with add_header lines of its own needs " + s.name + ".headers.conf, one with *_hide_header lines hide.conf."
	}
	c.preamble(&b, append(append([]string{""}, s.about...),
		"",
		"For a server"+c.environment()+". Include it as the first line of the server, before any",
		"return, rewrite or if; http.conf must be included at the http level:",
		"",
		"    server {",
		"        include "+c.folder()+"/"+s.name+".server.conf;",
		"",
		"One server has one policy or site. The file must not be included in a location.",
		own,
		"The captures of a regular expression in server_name need names: $1 does not outlast this.",
	)...)
	b.WriteString("\n# Does nginx refuse this line? The file is the first line of a server, once, and of nothing else.\n")
	fmt.Fprintf(&b, "location = corsgen-once-at-the-level-of-a-server {\n    return 404 %s;\n}\n", c.mark)
	b.WriteString("\n# Preflights are answered here, before authentication, limits and the upstream.\n")
	fmt.Fprintf(&b, "if (%[1]s) { rewrite ^ %[1]s last; }\n", s.choice)
	for _, p := range s.policies {
		for _, l := range p.locations() {
			c.location(&b, l)
		}
	}
	b.WriteString("\n")
	if !c.older(inheritVersion) {
		b.WriteString("# Locations with add_header lines of their own add them to these.\nadd_header_inherit merge;\n")
	}
	headerLines(&b, s)
	b.WriteString("\n")
	c.hideLines(&b)
	return []byte(b.String())
}

// location prints a location that answers by itself. It takes a body of any
// size, and throws it away, since a limit would answer for it.
func (c *config) location(b *strings.Builder, l location) {
	fmt.Fprintf(b, "location = %s {\n    client_max_body_size 0;\n", l.name)
	if !c.older(inheritVersion) {
		b.WriteString("    add_header_inherit on; # those of the server are not for preflights\n")
	}
	for _, h := range l.response.Set {
		fmt.Fprintf(b, "    add_header %s %s always;%s\n", h.Name, c.value(h.Value), at(" # ", h.Src))
	}
	if len(l.response.Vary) > 0 {
		fmt.Fprintf(b, "    add_header Vary %s always;\n", quote(strings.Join(l.response.Vary, ", ")))
	}
	if l.response.Status == 204 {
		b.WriteString("    return 204;\n}\n")
		return
	}
	fmt.Fprintf(b, "    gzip off;\n    return %d %s;\n}\n", l.response.Status, c.variable("nil"))
}

// headers prints NAME.headers.conf.
func (c *config) headers(s server) []byte {
	var b strings.Builder
	c.preamble(&b, append(append([]string{""}, s.about...),
		"",
		"The response headers of a server"+c.environment()+". A location or an if that has add_header",
		"lines of its own loses those of its server. Include it there, as the last of them:",
		"",
		"    location /static/ {",
		"        add_header Cache-Control \"max-age=600\";",
		"        include "+c.folder()+"/"+s.name+".headers.conf;",
		"",
		"It must not stand for "+s.name+".server.conf, which the server needs as well.",
	)...)
	c.notForHTTP(&b)
	headerLines(&b, s)
	return []byte(b.String())
}

// notForHTTP prints a line without effect that nginx refuses at the http level, and
// without http.conf.
func (c *config) notForHTTP(b *strings.Builder) {
	b.WriteString("\n# Does nginx refuse this line? The file belongs in a location of a server that has a policy.\n")
	fmt.Fprintf(b, "set %s %s;\n", c.variable("location"), c.mark)
}

func headerLines(b *strings.Builder, s server) {
	for _, l := range s.headers {
		fmt.Fprintf(b, "add_header %s %s always;\n", l.name, l.value)
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
		"        include "+c.folder()+"/hide.conf;",
		"",
		"It must not stand where no policy is in force: it would remove the headers and put none in place.",
	)
	c.notForHTTP(&b)
	c.hideLines(&b)
	return []byte(b.String())
}

func (c *config) hideLines(b *strings.Builder) {
	protocols := []string{"proxy", "fastcgi", "uwsgi", "scgi", "grpc"}
	if c.older(grpcVersion) {
		protocols = protocols[:4]
	}
	for _, protocol := range protocols {
		for _, name := range ir.Owned() {
			fmt.Fprintf(b, "%s_hide_header %s;\n", protocol, name)
		}
	}
}
