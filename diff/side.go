package diff

import (
	"slices"
	"strconv"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/origin"
)

// side is what a browser may do by one variant of a policy. Without a variant it
// may do nothing, and a request that does not ask goes on to the upstream.
type side struct {
	variant     *ir.Variant
	origins     *origin.Union
	credentials bool
	gate        bool
	methods     names
	headers     names
	exposed     names
	maxAge      string // seconds; "" if unset
	status      int
	src         map[Aspect]diag.Range
}

// names are the methods or headers that a policy allows.
type names struct {
	any  bool
	list []string // in the author's order and spelling
	keys map[string]bool
	key  func(string) string
	// apart is the key that any does not stand for, "" if there is none.
	apart string
}

// safeMethods need no permission (https://fetch.spec.whatwg.org/#cors-safelisted-method).
var safeMethods = []string{"GET", "HEAD", "POST"}

// safeResponseHeaders can always be read
// (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name).
var safeResponseHeaders = []string{"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}

// side returns what p allows in an environment. One that the program does not
// know stands as the base.
func (c *comparison) side(p *ir.Policy, environment string) side {
	if p == nil {
		return side{origins: c.union(nil)}
	}
	v, ok := p.Variant(environment)
	if !ok {
		v, _ = p.Variant("")
	}
	s := side{variant: v, origins: c.union(v), status: v.Preflight.Allowed.Status, gate: v.Actual.Refused.Status != 0, src: map[Aspect]diag.Range{}}
	for _, h := range slices.Concat(v.Preflight.Allowed.Set, v.Actual.Allowed.Set) {
		s.header(h)
	}
	return s
}

func (s *side) header(h ir.Header) {
	aspect := Origins
	switch h.Name {
	case "Access-Control-Allow-Credentials":
		aspect, s.credentials = Credentials, true
	case "Access-Control-Allow-Methods":
		aspect, s.methods = Methods, newNames(h.Value, strings.Clone, safeMethods)
	case "Access-Control-Allow-Headers":
		aspect, s.headers = Headers, newHeaders(h.Value)
	case "Access-Control-Expose-Headers":
		aspect, s.exposed = Exposed, newNames(h.Value, strings.ToLower, safeResponseHeaders)
	case "Access-Control-Max-Age":
		aspect, s.maxAge = MaxAge, h.Value.Const
	}
	s.src[aspect] = h.Src
}

// newNames reads the value of a list header, without names that need not be in
// it. A value that repeats the request allows all.
func newNames(v ir.Value, key func(string) string, safe []string) names {
	n := names{any: v.Echo != ir.EchoNone, keys: map[string]bool{}, key: key}
	for item := range strings.SplitSeq(v.Const, ", ") {
		switch k := key(item); {
		case item == "*":
			n.any = true
		case item != "" && !slices.Contains(safe, k):
			n.list = append(n.list, item)
			n.keys[k] = true
		}
	}
	return n
}

// newHeaders reads a list of request headers. "*" does not stand for
// Authorization, but all that a request asks for holds it
// (https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name).
func newHeaders(v ir.Value) names {
	n := newNames(v, strings.ToLower, nil)
	n.apart = "authorization"
	if v.Echo != ir.EchoNone {
		n.list = []string{"Authorization"}
		n.keys[n.apart] = true
	}
	return n
}

// minus returns what n allows and other does not; "*" is any name.
func (n *names) minus(other *names) []string {
	var more []string
	if n.any && !other.any {
		more = append(more, "*")
	}
	for _, item := range n.list {
		k := n.key(item)
		if !other.keys[k] && (!other.any || k == n.apart) {
			more = append(more, item)
		}
	}
	return more
}

// union returns the origins of a variant; none of nil.
func (c *comparison) union(v *ir.Variant) *origin.Union {
	var first *ir.Pattern
	switch {
	case v != nil && v.Origins.Any:
		return every
	case v != nil && len(v.Origins.Patterns) > 0:
		first = &v.Origins.Patterns[0]
	}
	if c.unions[first] == nil {
		var patterns []origin.Pattern
		if first != nil {
			for _, p := range v.Origins.Patterns {
				patterns = append(patterns, p.Pattern)
			}
		}
		c.unions[first] = origin.NewUnion(patterns)
	}
	return c.unions[first]
}

var every = origin.Every()

// more returns what of a is not in b.
func (c *comparison) more(a, b *origin.Union) []origin.Part {
	key := pair{a, b}
	if _, ok := c.minus[key]; !ok {
		c.minus[key] = a.Minus(b)
	}
	return c.minus[key]
}

// changes returns what tells two sides apart, in the order of aspects.
func (c *comparison) changes(old, new side) []Change {
	var list []Change
	add := func(differs bool, ch Change) {
		if differs {
			ch.Src = new.src[ch.Aspect]
			list = append(list, ch)
		}
	}
	for _, way := range []struct {
		effect   Effect
		from, to side
	}{{Widens, old, new}, {Narrows, new, old}} {
		parts := c.more(way.to.origins, way.from.origins)
		add(len(parts) > 0, Change{Effect: way.effect, Aspect: Origins, Origins: parts})
		add(way.to.credentials && !way.from.credentials, Change{Effect: way.effect, Aspect: Credentials, Old: onOff(old.credentials), New: onOff(new.credentials)})
		for _, list := range []struct {
			aspect   Aspect
			from, to names
		}{{Methods, way.from.methods, way.to.methods}, {Headers, way.from.headers, way.to.headers}, {Exposed, way.from.exposed, way.to.exposed}} {
			names := list.to.minus(&list.from)
			add(len(names) > 0, Change{Effect: way.effect, Aspect: list.aspect, Names: names})
		}
		add(way.from.gate && !way.to.gate, Change{Effect: way.effect, Aspect: Gate, Old: onOff(old.gate), New: onOff(new.gate)})
	}
	if old.variant != nil && new.variant != nil {
		add(old.maxAge != new.maxAge, Change{Aspect: MaxAge, Old: old.maxAge, New: new.maxAge})
		add(old.status != new.status, Change{Aspect: Status, Old: strconv.Itoa(old.status), New: strconv.Itoa(new.status)})
	}
	return list
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}
