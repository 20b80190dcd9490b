package nginx

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/lintconfig"
)

// misplaced reports files of corsgen that stand where they do harm or nothing.
func (c *checker) misplaced() {
	for _, s := range c.servers {
		if len(s.all) > 1 {
			c.add("C508", s.all[1].place(), "A second policy in one server",
				"nginx refuses it. Include one NAME.server.conf; several policies on one host are a site of the policy file.", s.included())
		}
		s.each(func(n *node) bool {
			if i := slices.IndexFunc(n.named("if"), sends); i >= 0 {
				c.add("C508", n.named("if")[i].place(), "A policy inside a "+n.Name.Text,
					"nginx refuses it there. Include it as the first line of the server.")
				return false
			}
			if s.policy == nil {
				c.orphan(n)
			}
			return true
		})
	}
}

// orphan reports a line of corsgen in a server without a policy.
func (c *checker) orphan(n *node) {
	switch {
	case n.is("add_header") && ours(n) && strings.EqualFold(n.Arg(0), "Access-Control-Allow-Origin"):
		c.add("C508", n.place(), "The headers of a policy without the policy",
			"Preflights are not answered here, so that browsers send no request that needs one. "+
				"Include NAME.server.conf as the first line of the server as well.")
	case n.is("proxy_hide_header") && n.generated() && strings.EqualFold(n.Arg(0), "Access-Control-Allow-Origin"):
		c.add("C508", n.place(), "The upstream's CORS headers are removed, and no policy is in force",
			"Browsers refuse every response to another origin. Include NAME.server.conf as the first line of the server, or remove this line.")
	}
}

// undefined reports policies whose variables nobody defines.
func (c *checker) undefined() {
	defined := map[string]bool{}
	for _, n := range c.http.children {
		if n.is("map", "geo") && len(n.Args) > 0 {
			defined[n.Args[len(n.Args)-1].Text] = true
		}
	}
	for _, s := range c.servers {
		if s.policy == nil {
			continue
		}
		if name := strings.Trim(s.policy.Arg(0), "()"); !defined[name] {
			c.add("C508", s.policy.place(), "This policy is without its decisions",
				fmt.Sprintf("The variable %s is not defined, and nginx refuses it. Include http.conf of the same output at the http level; "+
					"after the policy changed, reload all files together.", name))
		}
	}
}

// emptyPatterns reports patterns that are meant for files of corsgen and match
// none. Others, such as conf.d/*.conf, may be empty.
func (c *checker) emptyPatterns() {
	for _, n := range c.includes {
		name := n.Arg(0)
		if !lintconfig.IsPattern(name) || !likeOurs(name) || n.files > 0 {
			continue
		}
		c.add("C507", n.Range(), "This include matches no file",
			"nginx says nothing, and runs without the policy. Write the exact name of the file, which nginx -t then looks for.")
	}
}

func likeOurs(name string) bool {
	if strings.Contains(strings.ToLower(name), "cors") {
		return true
	}
	base := path.Base(name)
	return strings.HasSuffix(base, ".server.conf") || strings.HasSuffix(base, ".headers.conf") || strings.HasPrefix(base, "hide.")
}

// lost reports lines of the http level that servers with a policy do not
// inherit, since they have such lines of the policy.
func (c *checker) lost() {
	for _, s := range c.covered {
		s.repeated = map[string]bool{}
		for _, n := range s.children {
			s.repeated[repeatable(n)] = true
		}
	}
	for _, line := range c.http.children {
		header := line.is("add_header")
		if !header && !strings.HasSuffix(line.Name.Text, "_hide_header") || line.generated() || lintconfig.IsCORS(line.Arg(0)) {
			continue
		}
		if in := c.losers(line, header); len(in) > 0 {
			c.add("C505", line.place(), fmt.Sprintf("%s %s is lost where a policy is included", line.Name.Text, line.Arg(0)),
				fmt.Sprintf("A server with %s lines of its own, those of the policy among them, loses the ones of the http level. "+
					"Repeat this line in the server, after the include.", line.Name.Text), in...)
		}
	}
}

const maxRelated = 5

// losers returns the servers with a policy that do not repeat a line.
func (c *checker) losers(line *node, header bool) []diag.Related {
	var all []diag.Related
	for _, s := range c.servers {
		if len(all) == maxRelated {
			break
		}
		if s.policy != nil && (!header || !s.inherits("merge")) && !s.repeated[repeatable(line)] {
			all = append(all, s.included())
		}
	}
	return all
}

// repeatable returns what two lines about one header have in common.
func repeatable(n *node) string { return n.Name.Text + " " + strings.ToLower(n.Arg(0)) }
