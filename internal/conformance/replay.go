package conformance

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/internal/golden"
	"github.com/corsgen/corsgen/ir"
)

// Answer is what the semantics promise of a response, in a form that compares
// with go-cmp.
type Answer struct {
	Status   int
	CORS     []string // Access-Control-* fields, one a line, sorted
	Vary     []string // members in lower case, sorted, without duplicates; "*" absorbs all
	Upstream bool     // it was reached
}

// Expected returns the answer that an exchange promises.
func Expected(e golden.Exchange) Answer {
	return answer(e.Response.Status, e.Response.Fields, e.Upstream != nil)
}

func answer(status int, fields []golden.Field, upstream bool) Answer {
	a := Answer{Status: status, Upstream: upstream}
	for _, f := range fields {
		switch name := http.CanonicalHeaderKey(f.Name); {
		case strings.HasPrefix(name, "Access-Control-"):
			a.CORS = append(a.CORS, name+": "+f.Value)
		case name == "Vary":
			for member := range strings.SplitSeq(strings.ToLower(f.Value), ",") {
				a.Vary = append(a.Vary, strings.TrimSpace(member))
			}
		}
	}
	slices.Sort(a.CORS)
	slices.Sort(a.Vary)
	a.Vary = slices.Compact(a.Vary)
	if slices.Contains(a.Vary, "*") {
		a.Vary = []string{"*"}
	}
	return a
}

// Evaluate returns the answer of the reference to the request of an exchange
// with an upstream that answers as it says. A nil upstream answers 200. A nil
// evaluator stands for no policy.
func Evaluate(e *eval.Evaluator, request golden.Request, upstream *golden.Response) Answer {
	fields := make([]eval.Field, len(request.Fields))
	for i, f := range request.Fields {
		fields[i] = eval.Field(f)
	}
	if e == nil {
		return outcome(eval.Untouched(request.Method, fields), upstream)
	}
	return outcome(e.Decide(request.Method, fields), upstream)
}

func outcome(d eval.Decision, upstream *golden.Response) Answer {
	var out []golden.Field
	status := d.Status
	if d.Status == 0 {
		if upstream == nil {
			upstream = &golden.Response{Status: 200}
		}
		status, out = upstream.Status, keep(upstream.Fields, d.Delete)
		if status == 0 {
			status = http.StatusBadGateway
		}
	}
	for _, f := range d.Set {
		out = append(out, golden.Field(f))
	}
	if len(d.Vary) > 0 {
		out = append(out, golden.Field{Name: "Vary", Value: strings.Join(d.Vary, ", ")})
	}
	return answer(status, out, d.Status == 0)
}

func keep(fields []golden.Field, without []string) []golden.Field {
	return slices.DeleteFunc(slices.Clone(fields), func(f golden.Field) bool {
		return slices.ContainsFunc(without, func(name string) bool { return strings.EqualFold(name, f.Name) })
	})
}

var exchanges atomic.Int64

// Send sends the request of an exchange over a connection of its own to a server
// under test and returns the answer.
func Send(addr string, u *Upstream, request golden.Request, upstream *golden.Response) (Answer, error) {
	c := Client{Addr: addr, Upstream: u, once: true}
	defer c.Close()
	return c.Send(request, upstream)
}

// Start starts a server under test for every policy and site of a program, in
// front of an upstream, and returns their addresses by name.
type Start func(tb testing.TB, p *ir.Program, environment, upstream string) map[string]string

// Replay sends every exchange to the servers that start starts and demands the
// promised answers.
func Replay(t *testing.T, p *ir.Program, exchanges []golden.Exchange, start Start) {
	t.Helper()
	upstream := StartUpstream(t)
	servers := map[string]map[string]string{}
	for _, e := range exchanges {
		if servers[e.Environment] == nil {
			servers[e.Environment] = start(t, p, e.Environment, upstream.Addr)
		}
		addr := servers[e.Environment][serverOf(p, e)]
		if addr == "" {
			t.Fatalf("line %d: there is no policy %q and no site %q", e.Line, e.Policy, e.Site)
		}
		got, err := Send(addr, upstream, e.Request, e.Upstream)
		if err != nil {
			t.Errorf("line %d: %v", e.Line, err)
			continue
		}
		if IsOwnRefusal(e.Request, got) {
			continue
		}
		if d := cmp.Diff(Expected(e), got); d != "" {
			t.Errorf("line %d: %s (-promised +got)\n%s", e.Line, e.Comment, d)
		}
	}
}

// IsOwnRefusal reports whether a server has refused a request by itself, before
// any policy, whose target has no path in normal form. Every server may; Go does
// so for the origin_gate of a policy that could be meant.
func IsOwnRefusal(r golden.Request, got Answer) bool {
	_, ok := eval.NormalPath(r.Target)
	refused := got.Status == http.StatusBadRequest || got.Status == http.StatusForbidden || got.Status == http.StatusNotFound
	return !ok && refused && !got.Upstream && len(got.CORS) == 0
}

// ServerNames returns the names of what has a server of its own: the policies,
// then the sites.
func ServerNames(p *ir.Program) []string {
	var names []string
	for _, policy := range p.Policies {
		names = append(names, policy.Name)
	}
	for _, site := range p.Sites {
		names = append(names, site.Name)
	}
	return names
}

// serverOf returns the name of the server that an exchange goes to.
func serverOf(p *ir.Program, e golden.Exchange) string {
	if e.Site != "" {
		return e.Site
	}
	return PolicyOf(p, e)
}

// PolicyOf returns the policy that an exchange is for: the one that its site
// chooses (none: ""), the named one, or the program's first.
func PolicyOf(p *ir.Program, e golden.Exchange) string {
	if e.Site != "" {
		return routed(p, e.Site, e.Request.Target)
	}
	if e.Policy == "" && len(p.Policies) > 0 {
		return p.Policies[0].Name
	}
	return e.Policy
}

func routed(p *ir.Program, site, target string) string {
	for i := range p.Sites {
		if p.Sites[i].Name != site {
			continue
		}
		if r := eval.Route(&p.Sites[i], target); r != nil {
			return p.Policies[r.Policy].Name
		}
	}
	return ""
}
