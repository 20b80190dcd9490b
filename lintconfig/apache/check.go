package apache

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/lintconfig"
)

// host is a virtual host.
type host struct {
	*node
	policies []*node // a line of each
	names    []string
}

// included returns the place where the policy of a host is included.
func (h *host) included() diag.Related {
	return diag.Related{Message: "the policy is included here", Range: h.policies[0].place()}
}

type checker struct {
	root    *node
	loader  *loader
	hosts   []*host
	first   *host // with a policy; nil if there is none
	byName  map[string]*host
	byNode  map[*node]*host
	found   diag.List
	visited map[string]bool // folders whose .htaccess was looked at

	expressions lintconfig.Expressions
	sent        map[*node][]lintconfig.Field // see fields
	deciding    map[string]bool              // see depends
}

func (c *checker) add(code string, at diag.Range, summary, detail string, related ...diag.Related) {
	c.found = append(c.found, lintconfig.Finding(code, at, summary, detail, related...))
}

func newChecker(root *node, l *loader) *checker {
	c := &checker{root: root, loader: l, byName: map[string]*host{}, byNode: map[*node]*host{}, visited: map[string]bool{}, sent: map[*node][]lintconfig.Field{}, deciding: map[string]bool{}}
	for _, n := range root.named("virtualhost") {
		h := newHost(n)
		c.hosts = append(c.hosts, h)
		c.byNode[n] = h
		if len(h.policies) == 0 {
			continue
		}
		if c.first == nil {
			c.first = h
		}
		for _, name := range h.names {
			if c.byName[name] == nil {
				c.byName[name] = h
			}
		}
	}
	return c
}

// guard is the name that every policy for a virtual host states as an alias.
const guard = "*.corsgen-vhost-only.invalid"

func newHost(n *node) *host {
	h := &host{node: n}
	n.own(func(c *node) {
		switch {
		case c.Name == "serveralias" && c.Arg(0) == guard:
			h.policies = append(h.policies, c)
		case c.Name == "servername" || c.Name == "serveralias":
			for _, a := range c.Args {
				h.names = append(h.names, strings.ToLower(a.Text))
			}
		}
	})
	return h
}

func (c *checker) covered() int {
	n := 0
	for _, h := range c.hosts {
		if len(h.policies) > 0 {
			n++
		}
	}
	return n
}

func (c *checker) run() {
	for _, h := range c.hosts {
		if len(h.policies) == 0 {
			c.without(h)
			continue
		}
		c.second(h)
		h.each(func(n *node) bool {
			if !n.generated() {
				c.beside(h, n)
			}
			return true
		})
		h.own(func(n *node) { c.server(h, n) })
	}
	c.global()
	c.hidden()
	c.emptyPatterns()
	c.root.each(func(n *node) bool { c.depends(n); return true })
	c.accessFiles()
	c.byHand(c.root)
}

// global checks lines outside of virtual hosts, which are in force in all.
func (c *checker) global() {
	if c.first == nil {
		return
	}
	own := map[string]bool{}
	c.first.own(func(n *node) { own[n.Name] = true })
	c.root.own(func(n *node) {
		if n.Name != "sslverifyclient" || !own[n.Name] {
			c.server(c.first, n)
		}
		if n.Section && n.Name != "virtualhost" && !slices.Contains(conditional, n.Name) {
			n.each(func(inner *node) bool { c.beside(c.first, inner); return true })
		}
	})
}

// hidden reports what may leave a policy out without a word. A condition around
// a whole virtual host leaves out more than the policy.
func (c *checker) hidden() {
	for _, include := range c.loader.ours {
		for n := include.parent; n != nil && n.Name != "virtualhost"; n = n.parent {
			if slices.Contains(conditional, n.Name) {
				c.conditional(include, n)
			}
		}
		if include.Name == "includeoptional" {
			c.add("C507", include.Range(), "IncludeOptional leaves the policy out if the file is missing",
				"Apache starts without a word, and without CORS. Write Include, which makes a missing file an error.")
		}
	}
}

func (c *checker) conditional(include, section *node) {
	d := lintconfig.Finding("C507", section.Range(), fmt.Sprintf("This <%s> leaves the policy out where it does not hold", section.Name),
		"Apache starts without a word, and without CORS. Include the policy outside of it: the policy itself says at start if a module is missing.",
		diag.Related{Message: "the policy is included here", Range: include.Range()})
	if section.Name == "ifmodule" && !c.loader.modules[strings.TrimPrefix(section.Arg(0), "!")] && !strings.HasPrefix(section.Arg(0), "!") {
		d.Severity = diag.Error
		d.Detail = "No LoadModule line of it is in these files, so the policy is not in force unless the module is built in. " + d.Detail
	}
	c.found = append(c.found, d)
}

func (c *checker) second(h *host) {
	if len(h.policies) > 1 {
		c.add("C508", h.policies[1].place(), "A second policy in one virtual host",
			"Every request is answered 500. Include one; several policies on one host are a site of the policy file.", h.included())
	}
}

// server checks a line of a virtual host, or of the server as a whole.
func (c *checker) server(host *host, n *node) {
	if n.Name == "sslverifyclient" && strings.EqualFold(n.Arg(0), "require") {
		c.add("C506", n.Range(), "Preflights need a client certificate here, and browsers send none",
			"Apache ends the connection before any policy is asked. Write \"SSLVerifyClient optional\" for the virtual host and, in a <Location \"/\">, "+
				"\"Require expr %{SSL_CLIENT_VERIFY} == 'SUCCESS'\".", host.included())
	}
	h, ok := n.header()
	asked := []string{"origin", "access-control-request-method", "access-control-request-headers"}
	if ok && h.Name == "requestheader" && strings.EqualFold(h.condition, "early") && slices.Contains(asked, h.name) {
		c.add("C515", n.Range(), "This line changes the request before the policy is asked",
			"With \"early\" the header is gone, or another, when the policy compares it, so that no page gets an answer. Leave the word out: "+
				"the application does not see the header then, and the policy does.", host.included())
	}
}

// beside reports a header that comes after the policy's, or in a more specific
// section, which Apache applies last.
func (c *checker) beside(host *host, n *node) {
	h, ok := n.header()
	if !ok || h.Name != "header" || n.generated() || n.scope() == host.node && n.order < host.policies[0].order {
		return
	}
	switch {
	case h.name == "vary" && h.always && (h.action == "set" || h.action == "unset"):
		c.add("C504", n.Range(), "This line takes Origin out of Vary",
			"Apache applies it after the policy's, and a cache may then give the answer for one origin to a page of another. Write \"Header always merge Vary\" and the members.", host.included())
	case lintconfig.IsCORS(h.name) && (h.adds() || h.always):
		c.add("C504", n.Range(), canonical(h.name)+" is written by hand where a policy is in force",
			"Apache applies this line after the policy's: the header is sent twice, which browsers refuse, or with another value. "+
				"Remove it; what it allows belongs in the policy.", host.included())
	}
}

func canonical(name string) string {
	words := strings.Split(name, "-")
	for i, w := range words {
		if w != "" {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "-")
}

// without checks a virtual host that has no policy.
func (c *checker) without(h *host) {
	for _, n := range append(h.named("redirect"), h.named("redirectpermanent")...) {
		if slices.ContainsFunc(n.Args, func(a lintconfig.Word) bool { return a.Text == "/" }) {
			return // it serves nothing
		}
	}
	for _, name := range h.names {
		if other := c.byName[name]; other != nil {
			c.add("C513", h.Range(), "This virtual host has no policy, and another one of its name has",
				"Requests to "+name+" that arrive here get no CORS headers, and browsers refuse the responses. "+
					"Include the policy here too, or let pages use the address of the other virtual host alone.", other.included())
			return
		}
	}
}

// emptyPatterns reports inclusions that are meant for files of corsgen and find
// none.
func (c *checker) emptyPatterns() {
	for _, n := range c.loader.empty {
		if name := strings.ToLower(n.Arg(0)); strings.Contains(name, "cors") || strings.HasSuffix(path.Base(name), ".vhost.conf") {
			c.add("C507", n.Range(), "This line includes no file",
				"Apache starts without a word, and without the policy. Write Include and the exact name of the file.")
		}
	}
}
