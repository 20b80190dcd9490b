package verify

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/origin"
)

// Stranger is an origin that nobody can have
// (https://www.rfc-editor.org/rfc/rfc6761#section-6.5) and no policy means.
const Stranger = "https://corsgen-verify.example"

// who is whose origin a request comes from.
type who uint8

const (
	allowed who = iota
	stranger
	null
	lookAlike
	nobody // there is no Origin
)

// part is which of a server's answers a request is for.
type part uint8

const (
	page        part = iota
	first            // from one origin, to a URL that a cache has not seen
	second           // then from another one
	missing          // an error page
	head             // HEAD
	conditional      // 304, if the server can
	unlisted         // a preflight for what the policy does not list
)

// probe is one request.
type probe struct {
	who     who
	part    part
	method  string
	path    string // decoded
	key     string // tells its URL from those of others
	fields  []eval.Field
	foreign foreign // of a look-alike
	want    eval.Decision
}

func (p *probe) preflight() bool { return p.method == http.MethodOptions }

func (p *probe) origin() string {
	for _, f := range p.fields {
		if f.Name == "Origin" {
			return f.Value
		}
	}
	return ""
}

// How many of the policy's origins are asked about.
const (
	maxExact      = 4
	maxPatterns   = 4
	maxLookAlikes = 10 // of each of two origins
)

// planner makes the requests for a policy.
type planner struct {
	*Target
	evaluator *eval.Evaluator
	list      []probe
}

func newPlanner(t *Target) *planner {
	return &planner{Target: t, evaluator: eval.New(t.Variant)}
}

// probes returns the requests that do not depend on an answer. The first is a GET
// from an allowed origin.
func (p *planner) probes() []probe {
	origins := p.allowedOrigins()
	for _, o := range origins {
		p.both(probe{who: allowed}, o)
	}
	p.refused()
	p.get(probe{who: nobody}, "")
	if len(origins) > 0 {
		o := origins[0]
		p.get(probe{who: allowed, part: head, method: http.MethodHead}, o)
		p.add(probe{who: allowed, part: unlisted, method: http.MethodOptions, fields: p.preflightFields(o, unlistedMethod, unlistedHeader)})
		p.errorPage(o)
		p.caches(origins)
	}
	return p.list
}

// refused adds the requests from origins that the policy refuses.
func (p *planner) refused() {
	for _, c := range []probe{{who: stranger}, {who: null}} {
		o := Stranger
		if c.who == null {
			o = origin.Null
		}
		if !p.allows(o) {
			p.both(c, o)
		}
	}
	for _, l := range p.lookAlikes() {
		p.both(probe{who: lookAlike, foreign: l}, l.origin)
	}
}

func (p *planner) allows(o string) bool {
	return p.Variant.Origins.Any || p.evaluator.Pattern(o) != nil
}

// allowedOrigins returns some of the origins that the policy allows, the first
// and the last of its list among them.
func (p *planner) allowedOrigins() []string {
	if p.Variant.Origins.Any {
		return []string{Stranger, origin.Null}
	}
	var exact, examples []string
	for i := range p.Variant.Origins.Patterns {
		if o := &p.Variant.Origins.Patterns[i]; o.Exact() {
			exact = append(exact, o.String())
		} else {
			examples = append(examples, o.Example())
		}
	}
	return slices.Concat(spread(exact, maxExact), spread(examples, maxPatterns))
}

// spread returns n elements at most, from the first to the last at equal steps.
func spread(all []string, n int) []string {
	if len(all) <= n {
		return all
	}
	some := make([]string, n)
	for i := range some {
		some[i] = all[i*(len(all)-1)/(n-1)]
	}
	return some
}

// both adds a GET and a preflight from an origin.
func (p *planner) both(c probe, o string) {
	p.get(c, o)
	preflight := c
	preflight.method, preflight.fields = http.MethodOptions, p.preflightFields(o, p.listedMethod(), p.listedHeaders())
	p.add(preflight)
}

// get adds a request from an origin, or without one.
func (p *planner) get(c probe, o string) {
	if o != "" {
		c.fields = append([]eval.Field{{Name: "Origin", Value: o}}, c.fields...)
	}
	p.add(c)
}

// add completes a request and adds it.
func (p *planner) add(c probe) {
	if c.method == "" {
		c.method = http.MethodGet
	}
	if c.path == "" {
		c.path = p.URL.Path
	}
	if c.key == "" {
		c.key = fmt.Sprint(len(p.list) + 1)
	}
	c.want = p.evaluator.Decide(c.method, c.fields)
	p.list = append(p.list, c)
}

func (p *planner) preflightFields(o, method, headers string) []eval.Field {
	fields := []eval.Field{{Name: "Origin", Value: o}, {Name: "Access-Control-Request-Method", Value: method}}
	if headers != "" {
		fields = append(fields, eval.Field{Name: "Access-Control-Request-Headers", Value: headers})
	}
	return fields
}

// What a preflight asks for that few policies list: a server that repeats what it
// is asked shows it here.
const (
	unlistedMethod = "PROPPATCH"
	unlistedHeader = "x-corsgen-verify"
)

// listedMethod returns a method of the policy, one that needs a preflight if
// there is any.
func (p *planner) listedMethod() string {
	methods := p.listed("Access-Control-Allow-Methods")
	for _, m := range methods {
		if !slices.Contains([]string{"GET", "HEAD", "POST", "*"}, m) {
			return m
		}
	}
	if p.header("Access-Control-Allow-Methods") == nil {
		return "GET"
	}
	return "PUT"
}

// listedHeaders returns two of the policy's request headers, as a browser asks
// for them (https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names).
func (p *planner) listedHeaders() string {
	const few = 2
	var names []string
	for _, h := range p.listed("Access-Control-Allow-Headers") {
		if h != "*" && len(names) < few {
			names = append(names, strings.ToLower(h))
		}
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}

func (p *planner) listed(name string) []string {
	h := p.header(name)
	if h == nil || h.Value.Echo != ir.EchoNone {
		return nil
	}
	return members(h.Value.Const)
}

// header returns what the policy says in a header of preflights, or nil.
func (p *planner) header(name string) *ir.Header {
	set := p.Variant.Preflight.Allowed.Set
	for i := range set {
		if set[i].Name == name {
			return &set[i]
		}
	}
	return nil
}

// errorPage adds requests for a page that does not exist, if the policy has one.
func (p *planner) errorPage(o string) {
	folder := p.URL.Path[:strings.LastIndexByte(p.URL.Path, '/')+1]
	path := folder + "corsgen-verify-no-such-page"
	if p.Site != nil {
		here, there := eval.Route(p.Site, p.URL.EscapedPath()), eval.Route(p.Site, escaped(path))
		if here == nil || there == nil || here.Policy != there.Policy {
			return
		}
	}
	p.get(probe{who: allowed, part: missing, path: path}, o)
	if !p.allows(Stranger) {
		p.get(probe{who: stranger, part: missing, path: path}, Stranger)
	}
}

// caches adds two origins in turn on one URL, and in the other order on another
// one: what is right for the first and wrong for the second was kept in between.
func (p *planner) caches(origins []string) {
	if p.Variant.Origins.Any {
		return // every answer is the same
	}
	a, b := probe{who: allowed}, probe{who: stranger}
	other := Stranger
	if len(origins) > 1 {
		b.who, other = allowed, origins[1]
	}
	turn := func(key string, one, two probe, from, then string) {
		one.part, one.key, two.part, two.key = first, key, second, key
		p.get(one, from)
		p.get(two, then)
	}
	turn("a", a, b, origins[0], other)
	turn("b", b, a, other, origins[0])
}

// conditional returns a request that a server answers with 304 if its page has a
// validator (https://www.rfc-editor.org/rfc/rfc9110#name-validator-fields).
func (p *planner) conditional(x *exchange) []probe {
	c := probe{who: allowed, part: conditional}
	for _, v := range []struct{ from, to string }{{"ETag", "If-None-Match"}, {"Last-Modified", "If-Modified-Since"}} {
		if value := x.header.Get(v.from); value != "" && len(value) < 200 {
			c.fields = append(c.fields, eval.Field{Name: v.to, Value: value})
		}
	}
	if c.fields == nil {
		return nil
	}
	p.list = nil
	c.key = x.key
	p.get(c, x.origin())
	return p.list
}
