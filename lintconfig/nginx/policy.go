package nginx

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/lintconfig"
)

// early reports what answers or ends the rewriting before the policy is asked.
func (c *checker) early(s *server) {
	for _, n := range s.children {
		if n == s.policy {
			return
		}
		end := ends(n)
		if end == nil {
			continue
		}
		d := lintconfig.Finding("C503", end.place(), fmt.Sprintf("This %s takes preflights away from the policy", end.Name.Text),
			"nginx runs these lines in their order, so that a preflight gets this answer, without CORS headers, and the browser sends no request. "+
				"Move the include of the policy up: it is the first line of the server.", s.included())
		if n.is("if", "rewrite") { // of some requests only
			d.Severity = diag.Warning
		}
		c.found = append(c.found, d)
	}
}

// ends returns the line by which n ends the rewriting of the server, for some
// requests at least.
func ends(n *node) *node {
	switch n.Name.Text {
	case "return", "break":
		return n
	case "rewrite":
		if n.Arg(2) != "" || strings.Contains(n.Arg(1), "://") || strings.HasPrefix(n.Arg(1), "$scheme") {
			return n
		}
	case "if":
		for _, child := range n.children {
			if end := ends(child); end != nil {
				return end
			}
		}
	}
	return nil
}

// dropped reports a level whose own add_header lines are without the policy.
func (c *checker) dropped(s *server, n *node) {
	var own *node
	for _, h := range n.named("add_header") {
		switch {
		case ours(h) && strings.EqualFold(h.Arg(0), "Access-Control-Allow-Origin"):
			c.samePolicy(s, h)
			return
		case !lintconfig.IsCORS(h.Arg(0)) && own == nil:
			own = h
		}
	}
	if n.inherits("off") {
		c.add("C501", n.inheritance().place(), "This add_header_inherit drops the policy",
			"With \"off\" a location or if gets no add_header line of its server, so its answers have no CORS headers and browsers refuse them. "+
				"Write \"merge\", or remove the line.", s.included())
		return
	}
	if own == nil || n.inherits("merge") {
		return
	}
	c.add("C501", own.place(), fmt.Sprintf("This add_header drops the policy in the %s", n.Name.Text),
		fmt.Sprintf("With a line of its own the %s loses all add_header lines of its server, so its answers have no CORS headers and browsers refuse them. "+
			"Write \"include %s;\" after the last add_header of the %[1]s.", n.Name.Text, s.file(".headers.conf")), s.included())
}

// samePolicy reports the headers of another policy than the server's.
func (c *checker) samePolicy(s *server, h *node) {
	if policy := allowsOrigin(s.named("add_header")); policy != nil && policy.Arg(1) != h.Arg(1) {
		c.add("C508", h.place(), "The headers of another policy",
			fmt.Sprintf("Preflights are answered by the policy of the server and the requests that follow by this one, so that browsers refuse one or the other. "+
				"Write \"include %s;\" instead.", s.file(".headers.conf")), s.included())
	}
}

// doubled reports levels that send the policy's headers twice.
func (c *checker) doubled(s *server) {
	visit := func(n *node) bool {
		if !n.level() || n.generated() || len(n.named("add_header")) == 0 {
			return !n.generated()
		}
		var first *node
		for _, h := range n.headers() {
			if !ours(h) || !strings.EqualFold(h.Arg(0), "Access-Control-Allow-Origin") {
				continue
			}
			if first != nil && h.parent == n {
				c.add("C504", h.place(), "The policy's headers are sent twice",
					"Browsers refuse every response with two Access-Control-Allow-Origin lines. "+
						"Include the headers once in a level, and not at all where add_header_inherit merge is in force.",
					diag.Related{Message: "they are here too", Range: first.place()})
				return true
			}
			first = h
		}
		return true
	}
	visit(s.node)
	s.each(visit)
}

var upstreams = []string{"proxy", "fastcgi", "uwsgi", "scgi", "grpc"}

// unhidden reports a location whose own *_hide_header lines are without those of
// the policy, if it passes requests on.
func (c *checker) unhidden(s *server, n *node) {
	for _, protocol := range upstreams {
		own := n.named(protocol + "_hide_header")
		if len(own) == 0 || hidesAll(own) || !passes(n, protocol) {
			continue
		}
		c.add("C502", own[0].place(), fmt.Sprintf("This %s_hide_header lets the upstream's CORS headers through", protocol),
			fmt.Sprintf("With a line of its own the location loses those of its server. An upstream that sends CORS headers adds its own to those of the policy, "+
				"and browsers refuse a response with two. Write \"include %s;\" in the location.", s.file("hide.conf")), s.included())
	}
}

func hidesAll(lines []*node) bool {
	hidden := map[string]bool{}
	for _, l := range lines {
		if name := strings.ToLower(l.Arg(0)); lintconfig.IsCORS(name) {
			hidden[name] = true
		}
	}
	return len(hidden) == lintconfig.OwnedHeaders()
}

// passes reports whether n, or what is inside and inherits from it, passes
// requests on by a protocol.
func passes(n *node, protocol string) bool {
	for _, child := range n.children {
		if child.is(protocol+"_pass") || child.Block != nil && len(child.named(protocol+"_hide_header")) == 0 && passes(child, protocol) {
			return true
		}
	}
	return false
}

// inherited reports lines of the http level that are in force in a server with a
// policy, which has no lines of the kind itself.
func (c *checker) inherited() {
	reports := map[string]func(*server, *node){"ssl_verify_client": c.certificate, "error_page": c.changed}
	for _, protocol := range upstreams {
		reports[protocol+"_pass_header"] = c.passed
	}
	for name, report := range reports {
		i := slices.IndexFunc(c.servers, func(s *server) bool { return s.policy != nil && len(s.named(name)) == 0 })
		if i < 0 {
			continue
		}
		for _, n := range c.http.named(name) {
			report(c.servers[i], n)
		}
	}
}

// passed reports a *_pass_header line that undoes the hiding.
func (c *checker) passed(s *server, n *node) {
	for _, protocol := range upstreams {
		if n.is(protocol+"_pass_header") && lintconfig.IsCORS(n.Arg(0)) {
			c.add("C502", n.place(), fmt.Sprintf("This %s lets the upstream's header through", n.Name.Text),
				"The policy sends this header itself, and browsers refuse a response that has it twice. Remove the line.", s.included())
		}
	}
}

// beside reports a CORS header that was written by hand where a policy is.
func (c *checker) beside(s *server, n *node) {
	if n.is("add_header") && lintconfig.IsCORS(n.Arg(0)) && !ours(n) {
		c.add("C504", n.place(), n.Arg(0)+" is written by hand where a policy is in force",
			"The policy sends this header. A second one makes browsers refuse the response, and in a location the line takes the place of the policy's. "+
				"Remove it; what it allows belongs in the policy.", s.included())
	}
}

// certificate reports TLS client certificates that a preflight would need.
func (c *checker) certificate(s *server, n *node) {
	if n.is("ssl_verify_client") && n.Arg(0) == "on" {
		c.add("C506", n.place(), "Preflights need a client certificate here, and browsers send none",
			"nginx answers them 400 before any policy is asked, so that browsers send no request. Write \"ssl_verify_client optional;\", and after the "+
				"include \"if ($ssl_client_verify != SUCCESS) { return 403; }\".", s.included())
	}
}

// changed reports an error page that changes the status of nginx's own 416, for
// which add_header runs twice.
func (c *checker) changed(s *server, n *node) {
	is := func(text string) bool {
		return slices.ContainsFunc(n.Args, func(a lintconfig.Word) bool { return strings.HasPrefix(a.Text, text) })
	}
	if n.is("error_page") && is("416") && is("=") && !is("=416") {
		c.add("C512", n.place(), "This error_page doubles the headers of a 416",
			"nginx adds the headers once for the answer that it was first going to give and once more for the error page; with another status than 416 "+
				"the policy cannot tell. Browsers refuse the response. Leave out the \"=\", or 416.", s.included())
	}
}

var (
	numbered = regexp.MustCompile(`\$[1-9]`)
	unnamed  = regexp.MustCompile(`(^|[^\\])\((?:[^?]|$)`)
)

// captures reports numbered captures of server_name, which the regular
// expressions of a policy overwrite.
func (c *checker) captures(s *server) {
	use := usesCapture(s.node)
	if use == nil {
		return
	}
	for _, line := range s.named("server_name") {
		for _, name := range line.Args {
			if !strings.HasPrefix(name.Text, "~") || !unnamed.MatchString(name.Text) {
				continue
			}
			c.add("C514", line.Source.Range(name.Start, name.End), "The captures of this name are lost",
				"Deciding on an origin may run a regular expression, and then $1 is empty. Give the capture a name, as in ~^(?<site>.+)\\.example\\.com$, and use $site.",
				diag.Related{Message: "used here", Range: use.place()})
		}
	}
}

// usesCapture returns a line that uses a numbered capture and is in no place
// that has captures of its own.
func usesCapture(n *node) *node {
	for _, child := range n.children {
		own := child.is("location", "if", "rewrite", "map") && strings.ContainsAny(child.Arg(0)+child.Arg(1), "~(")
		if child.generated() || own {
			continue
		}
		for _, a := range child.Args {
			if numbered.MatchString(a.Text) {
				return child
			}
		}
		if found := usesCapture(child); found != nil {
			return found
		}
	}
	return nil
}
