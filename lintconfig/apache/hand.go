package apache

import (
	"regexp"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/lintconfig"
)

var words = lintconfig.Words{
	Always: `"Header always set"`,
	Vary:   `"Header always merge Vary Origin" beside it`,
}

// byHand checks CORS headers that were written by hand, in a section and in those
// inside it.
func (c *checker) byHand(section *node) {
	if h := c.byNode[section]; h == nil || len(h.policies) == 0 {
		c.section(section)
		section.own(func(n *node) {
			c.compared(n)
			if n.Section && !slices.Contains(conditional, n.Name) && !n.generated() {
				c.byHand(n)
			}
		})
	}
	if section == c.root && c.expressions.Full() {
		c.add("C521", diag.Range{File: c.root.children[0].Source.Name}, "Not all regular expressions were looked at",
			"There are too many. A list of origins is better kept in a policy.")
	}
}

const allowOrigin = "access-control-allow-origin"

// section checks the headers of one section.
func (c *checker) section(n *node) {
	sent := c.fields(n)
	own := 0
	for _, f := range sent {
		if f.Name == allowOrigin && !f.Outer {
			own++
		}
	}
	if own == 0 {
		return
	}
	c.found = append(c.found, lintconfig.CheckFields(sent, words)...)
	c.challenged(n, sent)
	var last *header
	n.own(func(line *node) {
		h, ok := line.header()
		if !ok || !h.adds() || h.name != allowOrigin || h.condition != "" {
			return
		}
		if echo.MatchString(h.value) && !guarded(line) {
			c.found = append(c.found, lintconfig.Echoed(line.Range(), lintconfig.Credentials(sent)))
		}
		if last != nil && h.action == "set" && h.always == last.always {
			c.add("C537", line.Range(), "This line takes the place of the one before",
				"Only the last of them is sent, so that the other origin is refused. Compare the Origin of the request with the list, by SetEnvIf, and send back the one that asks.",
				diag.Related{Message: "the other line", Range: last.Range()})
		}
		last = &h
	})
}

// challenged reports a password that preflights are asked for. What only some
// methods need is in a section of its own.
func (c *checker) challenged(n *node, sent []lintconfig.Field) {
	required := slices.IndexFunc(n.named("require"), func(r *node) bool {
		return slices.Contains([]string{"valid-user", "user", "group"}, strings.ToLower(r.Arg(0)))
	})
	if required < 0 || !lintconfig.Preflights(sent) {
		return
	}
	allow := sent[slices.IndexFunc(sent, func(f lintconfig.Field) bool { return f.Name == allowOrigin && !f.Outer })]
	c.found = append(c.found, lintconfig.Challenged(n.named("require")[required].Range(),
		"Put this line into a <LimitExcept OPTIONS>, and see to it that the application answers OPTIONS with 204.", allow.At))
}

// echo matches a value that is the Origin of the request.
var echo = regexp.MustCompile(`(?i)^expr=%\{(?:http|req|req_novary):origin\}$`)

// guarded reports whether a section around n may have compared the origin.
func guarded(n *node) bool {
	for p := n.parent; p != nil; p = p.parent {
		if p.Name == "if" || p.Name == "elseif" || p.Name == "else" {
			return true
		}
	}
	return false
}

// fields returns the CORS headers and Vary that a section sends: those of the
// sections around it, and its own.
func (c *checker) fields(section *node) []lintconfig.Field {
	if sent, ok := c.sent[section]; ok {
		return sent
	}
	var all []lintconfig.Field
	if outer := section.scope(); outer != nil {
		all = c.fields(outer)
		all = slices.Clone(all[:min(len(all), maxInherited)])
		for i := range all {
			all[i].Outer = true
		}
	}
	section.own(func(n *node) {
		h, ok := n.header()
		if !ok || !h.adds() || n.generated() || !lintconfig.IsCORS(h.name) && h.name != "vary" || len(all) >= maxFields {
			return
		}
		f := h.field()
		if h.action == "set" && h.condition == "" { // it takes the place of those before
			all = slices.DeleteFunc(all, func(o lintconfig.Field) bool { return o.Name == f.Name && o.Always == f.Always })
		}
		all = append(all, f)
	})
	c.sent[section] = all
	return all
}

const (
	maxInherited = 50
	maxFields    = 500
)

func (h header) field() lintconfig.Field {
	dynamic := strings.Contains(strings.ReplaceAll(h.value, "%%", ""), "%{") || strings.HasPrefix(h.value, "expr=") || h.condition != ""
	return lintconfig.Field{
		Name: h.name, Value: strings.ReplaceAll(h.value, "%%", "%"), Always: h.always, At: h.Range(), Dynamic: dynamic, Depends: dynamic,
	}
}

var (
	condition  = regexp.MustCompile(`(?i)%\{(?:http|req|req_novary):origin\}`)
	comparison = regexp.MustCompile(`(?i)(?:%\{(?:(?:http|req|req_novary):origin|http_origin)\}|req(?:_novary)?\('origin'\))\s*(?:=~|-strmatch)\s*(?:m#([^#]*)#|/((?:[^/\\]|\\.)*)/)(i?)`)
)

// compared checks the regular expressions that an Origin is compared with.
func (c *checker) compared(n *node) {
	if n.generated() {
		return
	}
	switch {
	case (n.Name == "setenvif" || n.Name == "setenvifnocase") && strings.EqualFold(n.Arg(0), "origin") && len(n.Args) >= 3:
		if decides, part := c.decides(n.Args[2:]); decides {
			c.expression(n, n.Args[1], n.Arg(1), n.Name == "setenvifnocase", part)
		}
	case n.Name == "rewritecond" && condition.MatchString(n.Arg(0)) && len(n.Args) >= 2 && !strings.HasPrefix(n.Arg(1), "!"):
		c.expression(n, n.Args[1], n.Arg(1), strings.Contains(strings.ToUpper(n.Arg(2)), "NC"), false)
	case n.Name == "if" || n.Name == "elseif" || n.Name == "header" || n.Name == "setenvifexpr":
		for _, a := range n.Args {
			for _, m := range comparison.FindAllStringSubmatch(a.Text, 20) {
				c.expression(n, a, m[1]+strings.ReplaceAll(m[2], `\/`, "/"), m[3] != "", false)
			}
		}
	}
}

// decides reports whether one of the assignments of SetEnvIf sets a variable that
// an Access-Control-Allow-Origin depends on, other than one of "*", and whether
// nothing but the part of the Origin that has matched is sent for them.
func (c *checker) decides(assignments []lintconfig.Word) (decides, part bool) {
	part = true
	for _, a := range assignments {
		name, value, _ := strings.Cut(a.Text, "=")
		if more, deciding := c.deciding[strings.ToLower(name)]; deciding {
			decides, part = true, part && !more && value == "$0"
		}
	}
	return decides, part
}

var variable = regexp.MustCompile(`%\{([^{}]+)\}e`)

// depends notes the variables that an Access-Control-Allow-Origin depends on, and
// whether something else than their value is sent for them.
func (c *checker) depends(n *node) {
	h, ok := n.header()
	if !ok || h.name != allowOrigin || h.value == "*" {
		return
	}
	var names []string
	if name, ok := strings.CutPrefix(h.condition, "env="); ok {
		names = append(names, name)
	}
	for _, m := range variable.FindAllStringSubmatch(h.value, 20) {
		names = append(names, m[1])
	}
	for _, name := range names {
		key := strings.ToLower(name)
		c.deciding[key] = c.deciding[key] || !strings.EqualFold(h.value, "%{"+name+"}e")
	}
}

// expression checks a regular expression. With part, what it matches of an Origin
// is sent back, and not all of it.
func (c *checker) expression(n *node, at lintconfig.Word, e string, fold, part bool) {
	foreign := c.expressions.Foreign
	if part {
		foreign = c.expressions.ForeignPart
	}
	if o := foreign(e, fold); o != "" {
		c.found = append(c.found, lintconfig.Stranger(o, e, n.Source.Range(at.Start, at.End)))
	}
}
