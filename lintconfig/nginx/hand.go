package nginx

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/lintconfig"
)

var words = lintconfig.Words{
	Always: `"always" at the end of the add_header line`,
	Vary:   `"add_header Vary Origin always;" beside it`,
}

// byHand checks CORS headers that were written by hand.
func (c *checker) byHand() {
	echoed := c.variables()
	visit := func(n *node) bool {
		if n.generated() {
			return false
		}
		if n.level() && !c.hasPolicy(n) {
			c.level(n, echoed)
		}
		c.compared(n)
		return true
	}
	visit(c.http)
	c.http.each(visit)
	if c.expressions.Full() {
		c.add("C521", c.http.Range(), "Not all regular expressions were looked at", "There are too many. A list of origins is better kept in a policy.")
	}
}

func (c *checker) hasPolicy(n *node) bool {
	return c.covered[n] != nil || c.covered[n.within("server")] != nil
}

// level checks the headers of one level.
func (c *checker) level(n *node, echoed map[string]bool) {
	own := n.named("add_header")
	if len(own) == 0 {
		return
	}
	sent := n.fields()
	c.found = append(c.found, lintconfig.CheckFields(sent, words)...)
	if allow := allowsOrigin(own); allow != nil {
		c.echo(allow, sent, echoed)
		c.challenged(n, allow, sent)
		return
	}
	outer := n.outer()
	if outer == nil || n.inherits("merge") {
		return
	}
	if allow := allowsOrigin(outer.headers()); allow != nil && !ours(allow) {
		d := lintconfig.Finding("C501", own[0].Range(), fmt.Sprintf("This add_header drops the CORS headers in the %s", n.Name.Text),
			fmt.Sprintf("With a line of its own the %s loses all add_header lines of the levels around it, so its answers have no CORS headers and browsers refuse them. "+
				"Repeat those lines here.", n.Name.Text), diag.Related{Message: "the line that is lost", Range: allow.Range()})
		d.Severity = diag.Warning
		c.found = append(c.found, d)
	}
}

// echo reports an Origin that is sent back to whoever asks.
func (c *checker) echo(allow *node, sent []lintconfig.Field, echoed map[string]bool) {
	name := variableName(allow.Arg(1))
	if !echoed[name] || guarded(allow) {
		return
	}
	c.found = append(c.found, lintconfig.Echoed(allow.Range(), lintconfig.Credentials(sent)))
}

// challenged reports a password that preflights are asked for. A return comes
// before it.
func (c *checker) challenged(n, allow *node, sent []lintconfig.Field) {
	if n.is("if") || !lintconfig.Preflights(sent) {
		return
	}
	var auth *node
	for l := n; l != nil; l = l.outer() {
		conditions := l.named("if")
		if slices.ContainsFunc(conditions[:min(len(conditions), maxInherited)], answers) {
			return
		}
		if lines := l.named("auth_basic"); auth == nil && len(lines) > 0 {
			auth = lines[0]
		}
	}
	if auth != nil && auth.Arg(0) != "off" {
		c.found = append(c.found, lintconfig.Challenged(auth.Range(),
			"Answer them first, by an \"if ($request_method = OPTIONS)\" with the CORS headers and \"return 204;\".", allow.Range()))
	}
}

// answers reports whether n may answer preflights.
func answers(n *node) bool {
	return len(n.named("return")) > 0 && strings.Contains(n.Arg(0), "$request_method")
}

// variableName returns the name of the variable that a value is, "" if it is
// something else.
func variableName(value string) string {
	name, ok := strings.CutPrefix(value, "$")
	if !ok {
		return ""
	}
	name = strings.ToLower(strings.Trim(name, "{}"))
	if strings.ContainsFunc(name, func(r rune) bool { return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') }) {
		return ""
	}
	return name
}

// guarded reports whether an "if" around n may have compared the origin. One on
// the method or the path has not, nor has one that asks if there is an origin.
func guarded(n *node) bool {
	for p := n.within("if"); p != nil; p = p.within("if") {
		v := strings.Trim(p.Arg(0), "()")
		present := len(p.Args) == 1 && variableName(v) == "http_origin"
		if !present && !strings.HasPrefix(v, "$request_") && !strings.HasPrefix(v, "$uri") {
			return true
		}
	}
	return false
}

// variables returns the names of the variables that hold the Origin of every
// request that has one.
func (c *checker) variables() map[string]bool {
	echoed := map[string]bool{"http_origin": true}
	for range 3 { // variables of variables
		c.http.each(func(n *node) bool {
			switch {
			case n.is("set") && echoed[variableName(n.Arg(1))] && !guarded(n):
				echoed[variableName(n.Arg(0))] = true
			case n.is("map") && len(n.Args) == 2 && !n.generated():
				for _, entry := range n.named("default") {
					if echoed[variableName(entry.Arg(0))] {
						echoed[variableName(n.Arg(1))] = true
					}
				}
				return false
			}
			return !n.generated()
		})
	}
	return echoed
}

// compared checks the regular expressions that an Origin is compared with.
func (c *checker) compared(n *node) {
	switch {
	case n.is("map") && variableName(n.Arg(0)) == "http_origin":
		for _, entry := range n.children {
			if e, ok := strings.CutPrefix(entry.Name.Text, "~"); ok && entry.Arg(0) != "" && entry.Arg(0) != "0" {
				c.expression(entry, entry.Name, e)
			}
		}
	case n.is("if") && len(n.Args) >= 3 && variableName(strings.TrimLeft(n.Arg(0), "(")) == "http_origin" && strings.HasPrefix(n.Arg(1), "~") && allows(n):
		e := n.Arg(2)
		if len(n.Args) == 3 {
			e = strings.TrimSuffix(e, ")")
		}
		c.expression(n, n.Args[2], n.Arg(1)[1:]+e)
	}
}

// allows reports whether an "if" does something for the origins that it matches:
// adds headers or notes it in a variable.
func allows(n *node) bool { return len(n.named("add_header"))+len(n.named("set")) > 0 }

// expression checks a regular expression, which ignores case after a star.
func (c *checker) expression(n *node, at lintconfig.Word, e string) {
	e, fold := strings.CutPrefix(e, "*")
	if o := c.expressions.Foreign(e, fold); o != "" {
		c.found = append(c.found, lintconfig.Stranger(o, e, n.Source.Range(at.Start, at.End)))
	}
}
