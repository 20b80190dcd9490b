// Package rules finds what is legal in a policy and yet unwise: risks that a
// reviewer must accept on the record, by an accept_risk block, or remove.
package rules

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/origin"
	"github.com/corsgen/corsgen/policy"
)

// Result is what Check finds.
type Result struct {
	Findings diag.List    // without those that are accepted; sorted
	Accepted []Acceptance // every accept_risk block, in the order of the source
}

// Check returns the risks of a program, in the base and in every environment,
// what changes nothing, and how the accepted risks stand on the date today. The
// program compiled is what came of source.
func Check(source *policy.Program, compiled *ir.Program, today time.Time) Result {
	var out Result
	q := quota{left: maxFindings}
	for i := range compiled.Policies {
		c := newChecker(&source.Policies[i], today)
		c.quota = &q
		c.settings(&source.Policies[i])
		for j := range compiled.Policies[i].Variants {
			c.origins(&source.Policies[i], compiled.Policies[i].Variants[j].Environment)
		}
		out.Accepted = append(out.Accepted, c.acceptances()...)
		out.Findings = append(out.Findings, c.found...)
	}
	out.Findings = append(out.Findings, superfluous(source, &q)...)
	for i := range compiled.Sites {
		out.Findings = append(out.Findings, checkSite(compiled, &compiled.Sites[i])...)
	}
	out.Findings = append(out.Findings, q.findings()...).Sorted()
	return out
}

// checker checks the variants of one policy.
type checker struct {
	accepted []*acceptance
	lookup   map[subject]*acceptance
	asked    map[question]bool
	found    diag.List
	known    map[known]int // findings, by their index in found
	quota    *quota
}

// known is what makes two findings one, where environments share a list.
type known struct {
	code, about string
	at          diag.Range
}

// add reports a finding of an environment, unless it is accepted. For a rule
// about origins, origin is the one meant, as the policy writes it; "" for others.
func (c *checker) add(d diag.Diagnostic, origin, environment string) {
	if a := c.acceptance(subject{d.Code, origin, environment}); a != nil {
		a.use(d, origin)
		return
	}
	k := known{d.Code, cmp.Or(origin, d.Summary), d.Range}
	if i, ok := c.known[k]; ok {
		if worse(d, c.found[i]) {
			c.found[i] = d
		}
		return
	}
	if c.quota.take(d) {
		c.known[k] = len(c.found)
		c.found = append(c.found, d)
	}
}

// worse reports whether a, about the same entry as b, says more: that it is more
// severe, or where credentials are allowed.
func worse(a, b diag.Diagnostic) bool {
	if a.Severity != b.Severity {
		return a.Severity < b.Severity
	}
	return len(a.Related) > len(b.Related)
}

// context is what the rules about an origin depend on besides the origin.
type context struct {
	environment string
	credentials bool
	public      bool                        // an origin of the public network is allowed too
	listed      func(p origin.Pattern) bool // p, or p with any port, is an entry too
	related     []diag.Related              // where credentials are allowed
	reach       origin.Reach                // of the origin that is checked
	suffix      string                      // with reach, unless it is OwnSites
}

// loot is what a page of an allowed origin gets at.
func (ctx context) loot() string {
	if ctx.credentials {
		return "responses that browsers ask for with the user's cookies"
	}
	return "responses"
}

// origins checks each origin of a policy in an environment.
func (c *checker) origins(p *policy.Policy, environment string) {
	s := p.In(environment)
	written := s.AllowOrigins.Value
	if slices.ContainsFunc(written, func(o policy.Origin) bool { return o.Any }) {
		return // the answer is the same for every origin, and never with credentials
	}
	ctx := context{environment: environment, credentials: s.AllowCredentials.Value, listed: listed(written)}
	if c.seen(ctx, written) {
		return
	}
	ctx.public = slices.ContainsFunc(written, func(o policy.Origin) bool { return o.Pattern.Public() })
	if ctx.credentials {
		ctx.related = []diag.Related{{Message: "credentials are allowed here", Range: s.AllowCredentials.Range}}
	}
	for _, o := range written {
		for _, d := range checkOrigin(o.Pattern, ctx) {
			if rule, _ := diag.LookupRule(d.Code); rule.Risk {
				d.Detail += fmt.Sprintf(" Or accept the risk in policy %q: accept_risk %q { origins = [%q], reason, owner, expires }.", p.Name, rule.Slug, o.Pattern)
			}
			d.Range = o.Range
			c.add(d, o.Pattern.String(), environment)
		}
	}
}

// listed returns a function that reports whether a list holds an origin, or the
// origin with any port. It looks at the list when it is first asked.
func listed(list []policy.Origin) func(origin.Pattern) bool {
	texts := sync.OnceValue(func() map[string]bool {
		m := make(map[string]bool, len(list))
		for _, o := range list {
			m[o.Pattern.String()] = true
		}
		return m
	})
	return func(p origin.Pattern) bool {
		return texts()[p.String()] || texts()[p.Scheme()+"://"+p.Host()+":*"]
	}
}

// question is what the findings about a list of origins depend on.
type question struct {
	first       *policy.Origin // of the list
	credentials bool
	base        bool
	production  bool
	environment string // where an acceptance names it
}

// seen reports whether the same has been asked for another environment: most
// inherit long lists.
func (c *checker) seen(ctx context, written []policy.Origin) bool {
	if len(written) == 0 {
		return true
	}
	q := question{first: &written[0], credentials: ctx.credentials, base: ctx.environment == "", production: isProduction(ctx.environment)}
	if slices.ContainsFunc(c.accepted, func(a *acceptance) bool { return a.risk.Environment == ctx.environment }) {
		q.environment = ctx.environment
	}
	if c.asked[q] {
		return true
	}
	c.asked[q] = true
	return false
}

func checkOrigin(p origin.Pattern, ctx context) diag.List {
	var found diag.List
	ctx.reach, ctx.suffix = p.Reach()
	for _, check := range []func(origin.Pattern, context) (diag.Diagnostic, bool){
		nullOrigin, strangers, apexLeftOut, anyPort, foreignCode, customScheme, unknownTop, insecure, loopback, credentialsForTree,
	} {
		if d, ok := check(p, ctx); ok {
			found = append(found, d)
		}
	}
	return found
}
