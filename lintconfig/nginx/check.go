package nginx

import (
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/lintconfig"
)

// server is a server block.
type server struct {
	*node
	policy *node   // the first line of the policy in force, nil without one
	all    []*node // the policies: the line that sends preflights away, of each
	names  []string

	repeated map[string]bool // its lines, see lost
}

// checker checks the http block of a configuration.
type checker struct {
	http     *node
	servers  []*server
	covered  map[*node]*server  // those with a policy
	byName   map[string]*server // of those the first of each name
	includes []*node
	found    diag.List

	expressions lintconfig.Expressions
}

func (c *checker) add(code string, at diag.Range, summary, detail string, related ...diag.Related) {
	c.found = append(c.found, lintconfig.Finding(code, at, summary, detail, related...))
}

// check returns what is wrong with a configuration.
func check(root *node, includes []*node) *lintconfig.Result {
	result := &lintconfig.Result{}
	blocks := root.named("http")
	if len(blocks) == 0 { // a file of its own, such as one of sites-enabled
		blocks = []*node{root}
	}
	for _, http := range blocks {
		c := newChecker(http, includes)
		c.run()
		result.Findings = append(result.Findings, c.found...)
		result.Servers += len(c.servers)
		result.Covered += len(c.covered)
	}
	return result
}

func newChecker(http *node, includes []*node) *checker {
	c := &checker{http: http, includes: includes, covered: map[*node]*server{}, byName: map[string]*server{}}
	for _, n := range http.named("server") {
		if n.Block == nil {
			continue
		}
		s := newServer(n)
		c.servers = append(c.servers, s)
		if s.policy == nil {
			continue
		}
		c.covered[n] = s
		for _, name := range s.names {
			if c.byName[name] == nil && name != "_" && name != "" {
				c.byName[name] = s
			}
		}
	}
	return c
}

func newServer(n *node) *server {
	s := &server{node: n}
	for _, child := range n.children {
		if sends(child) {
			s.all = append(s.all, child)
		}
	}
	if len(s.all) > 0 {
		s.policy = s.all[0]
	}
	for _, line := range n.named("server_name") {
		for _, name := range line.Args {
			s.names = append(s.names, strings.ToLower(name.Text))
		}
	}
	return s
}

// sends reports whether n is the line of a policy that sends preflights to the
// location that answers them.
func sends(n *node) bool {
	return n.is("if") && ourVariable.MatchString(n.Arg(0)) && strings.Contains(n.Arg(0), "_go_")
}

func (c *checker) run() {
	c.misplaced()
	c.undefined()
	c.emptyPatterns()
	for _, s := range c.servers {
		if s.policy != nil {
			c.policy(s)
			continue
		}
		c.without(s)
	}
	c.lost()
	c.inherited()
	c.byHand()
}

// policy checks a server that has one.
func (c *checker) policy(s *server) {
	c.early(s)
	c.captures(s)
	s.each(func(n *node) bool {
		if n.generated() {
			return false
		}
		c.passed(s, n)
		c.beside(s, n)
		c.certificate(s, n)
		c.changed(s, n)
		if n.is("location", "if") {
			c.dropped(s, n)
		}
		if n.is("location") {
			c.unhidden(s, n)
		}
		return true
	})
	if len(s.all) == 1 {
		c.doubled(s)
	}
}

// related returns the place where the policy of a server is included.
func (s *server) included() diag.Related {
	return diag.Related{Message: "the policy is included here", Range: s.policy.place()}
}

// file returns the name of another file of the server's policy, as the user
// would include it.
func (s *server) file(replacement string) string {
	name := "cors/NAME.server.conf"
	if s.policy.via != nil {
		name = s.policy.via.Arg(0)
	}
	if replacement == "hide.conf" {
		return name[:strings.LastIndexAny(name, "/")+1] + replacement
	}
	return strings.TrimSuffix(name, ".server.conf") + replacement
}

// without checks a server that has no policy.
func (c *checker) without(s *server) {
	if slices.ContainsFunc(s.named("return"), func(n *node) bool { return strings.HasPrefix(n.Arg(0), "30") || strings.HasPrefix(n.Arg(0), "444") }) {
		return // it serves nothing
	}
	for _, name := range s.names {
		if other := c.byName[name]; other != nil {
			c.add("C513", s.Range(), "This server has no policy, and another one of its name has",
				"Requests to "+name+" that arrive here get no CORS headers, and browsers refuse the responses. "+
					"Include the policy here too, or let pages use the address of the other server alone.", other.included())
			return
		}
	}
}
