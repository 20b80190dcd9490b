package conformance_test

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
	"github.com/corsgen/corsgen/ir"
)

// size returns how many policies and how many requests for each TestRandomPolicies
// takes, and from which seed: CORSGEN_RANDOM=200x200, CORSGEN_SEED=1.
func size(t *testing.T) (policies, requests int, seed uint64) {
	t.Helper()
	policies, requests, seed = 30, 100, 1
	if text := os.Getenv("CORSGEN_RANDOM"); text != "" {
		if _, err := fmt.Sscanf(text, "%dx%d", &policies, &requests); err != nil || policies < 1 || requests < 1 {
			t.Fatalf("CORSGEN_RANDOM is POLICIESxREQUESTS, such as 200x200, not %q.", text)
		}
	}
	if text := os.Getenv("CORSGEN_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("CORSGEN_SEED is a number, not %q.", text)
		}
	}
	return policies, requests, seed
}

// TestRandomPolicies makes up policies, sites and requests, and demands that every
// server answers as the reference does.
func TestRandomPolicies(t *testing.T) {
	policies, requests, seed := size(t)
	t.Logf("CORSGEN_RANDOM=%dx%d CORSGEN_SEED=%d", policies, requests, seed)
	program := newGenerator(seed, 0).program(t, policies)
	for name, start := range map[string]conformance.Start{
		"go": conformance.StartGo, "nginx": conformance.StartNginx, "apache": conformance.StartApache,
		"node": conformance.NodeFor(t, "http"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := random{T: t, program: program, start: start, upstream: conformance.StartUpstream(t)}
			addrs := start(t, program, "", r.upstream.Addr)
			for i, server := range servers(program) {
				r.ask(server, addrs[server.name], newGenerator(seed, uint64(1+i)), requests)
			}
			t.Logf("%d policies, %d sites: %v", len(program.Policies), len(program.Sites), r.counts)
		})
	}
}

// server is what has an address of its own: a policy, or a site.
type server struct {
	name string
	site *ir.Site // nil for a policy
}

func servers(p *ir.Program) []server {
	var all []server
	for i := range p.Policies {
		all = append(all, server{name: p.Policies[i].Name})
	}
	for i := range p.Sites {
		all = append(all, server{name: p.Sites[i].Name, site: &p.Sites[i]})
	}
	return all
}

// random is a run on one kind of server.
type random struct {
	*testing.T
	program  *ir.Program
	start    conformance.Start
	upstream *conformance.Upstream
	counts   counts
	found    int
}

// counts says what was asked, so that a run which asks little is seen.
type counts struct{ Preflights, Allowed, Refused, Passed, Untouched int }

// ask sends n requests to a server, and stops the test after a few differences.
func (r *random) ask(s server, addr string, g generator, n int) {
	client := &conformance.Client{Addr: addr, Upstream: r.upstream}
	defer client.Close()
	for range n {
		e := g.exchange(r.program, s)
		promised := promises(r.program, s, e)
		got, err := client.Send(e.Request, e.Upstream)
		r.counts.add(promised[0])
		if err == nil && isPromised(promised, e, got) {
			continue
		}
		r.report(s, addr, e)
		if r.found++; r.found == 3 {
			r.FailNow()
		}
	}
}

// exchange makes a request, to which the upstream may have any answer.
func (g generator) exchange(p *ir.Program, s server) golden.Exchange {
	var e golden.Exchange
	target, name := "/", s.name
	if s.site != nil {
		target = g.target(s.site)
		name = p.Policies[s.site.Routes[g.IntN(len(s.site.Routes))].Policy].Name
		if route := eval.Route(s.site, target); route != nil && !g.oneIn(4) {
			name = p.Policies[route.Policy].Name
		}
		e.Site = s.name
	} else {
		e.Policy = s.name
	}
	e.Request = g.request(variant(p, name), target)
	if g.oneIn(2) {
		e.Upstream = &matrixAnswers[g.IntN(len(matrixAnswers))]
	}
	return e
}

func variant(p *ir.Program, name string) *ir.Variant {
	i := slices.IndexFunc(p.Policies, func(p ir.Policy) bool { return p.Name == name })
	return &p.Policies[i].Variants[0]
}

// promises returns the answers that semantics.md allows: that of the reference
// first. Where a field is repeated, a server may see the first line alone; where a
// path is not in normal form, it may have no policy.
func promises(p *ir.Program, s server, e golden.Exchange) []conformance.Answer {
	first := e.Request
	first.Fields = nil
	for _, f := range e.Request.Fields {
		if !slices.ContainsFunc(first.Fields, func(g golden.Field) bool { return strings.EqualFold(f.Name, g.Name) }) {
			first.Fields = append(first.Fields, f)
		}
	}
	var reference *eval.Evaluator
	if name := conformance.PolicyOf(p, e); name != "" {
		reference = eval.New(variant(p, name))
	}
	var all []conformance.Answer
	for _, request := range []golden.Request{e.Request, first} {
		all = append(all, conformance.Evaluate(reference, request, e.Upstream))
		if s.site != nil && !isNormal(e.Request.Target) {
			all = append(all, conformance.Evaluate(nil, request, e.Upstream))
		}
		if _, ok := eval.NormalPath(e.Request.Target); s.site != nil && !ok {
			all = append(all, gates(p, s.site, request, e.Upstream)...)
		}
	}
	return all
}

// gates returns the refusals of a request by the policies of a site, any of whose
// origin gates may be meant by a path without a normal form.
func gates(p *ir.Program, site *ir.Site, r golden.Request, upstream *golden.Response) []conformance.Answer {
	var all []conformance.Answer
	for _, route := range site.Routes {
		v := variant(p, p.Policies[route.Policy].Name)
		if v.Actual.Refused.Status == 0 {
			continue
		}
		reference := eval.New(v)
		if answer := conformance.Evaluate(reference, r, upstream); !answer.Upstream && len(answer.CORS) == 0 {
			all = append(all, answer)
		}
	}
	return all
}

// isPromised reports whether an answer is one of those, or that of a server, or
// upstream, which has refused the request by itself: before any policy, or by what
// stands behind one.
func isPromised(promised []conformance.Answer, e golden.Exchange, got conformance.Answer) bool {
	if slices.ContainsFunc(promised, func(want conformance.Answer) bool { return cmp.Equal(want, got, cmpopts.EquateEmpty()) }) {
		return true
	}
	refusals := []int{400, 404, 405, 501, 502}
	odd := !isNormal(e.Request.Target) || strings.Contains(e.Request.Target, "%") || slices.Contains(unknownMethods, e.Request.Method)
	known := len(got.CORS) == 0 ||
		slices.ContainsFunc(promised, func(want conformance.Answer) bool { return slices.Equal(want.CORS, got.CORS) })
	return odd && slices.Contains(refusals, got.Status) && !got.Upstream && known
}

// unknownMethods are methods that no registry lists, which Node's parser refuses.
var unknownMethods = []string{"OPTION", "OPTIONSS", "options"}

var (
	authority = regexp.MustCompile("^(?i:https?)://[^/?#]+")
	// https://www.rfc-editor.org/rfc/rfc3986#section-3.3
	segments = regexp.MustCompile(`^(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*)+$`)
	// https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2.2
	unreserved = regexp.MustCompile(`^[A-Za-z0-9._~-]$`)
	escape     = regexp.MustCompile("%..")
)

// isNormal reports whether the path of a target is in normal form.
func isNormal(target string) bool {
	path, _, _ := strings.Cut(authority.ReplaceAllString(target, ""), "?")
	normal, ok := eval.NormalPath(target)
	if !ok || !segments.MatchString(path) {
		return false
	}
	for _, e := range escape.FindAllString(path, -1) {
		if s, err := url.PathUnescape(e); err != nil || unreserved.MatchString(s) || s == "\\" || s < " " {
			return false
		}
	}
	decoded, err := url.PathUnescape(path)
	return err == nil && normal == decoded
}

func (c *counts) add(want conformance.Answer) {
	switch {
	case len(want.CORS) > 0 && !want.Upstream:
		c.Preflights++
	case len(want.CORS) > 0:
		c.Allowed++
	case !want.Upstream:
		c.Refused++
	case len(want.Vary) > 0:
		c.Passed++
	default:
		c.Untouched++
	}
}
