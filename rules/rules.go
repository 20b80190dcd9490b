// Package rules finds what is legal in a policy and yet unwise: risks that a
// reviewer must accept on the record, by an accept_risk block, or remove.
package rules

import (
	"fmt"
	"slices"
	"strings"
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
	for i := range compiled.Policies {
		c := newChecker(&source.Policies[i], today)
		for j := range compiled.Policies[i].Variants {
			v := &compiled.Policies[i].Variants[j]
			c.variant(v, entries(&source.Policies[i], v.Environment))
		}
		out.Accepted = append(out.Accepted, c.acceptances()...)
		out.Findings = append(out.Findings, c.found...)
	}
	for i := range compiled.Sites {
		out.Findings = append(out.Findings, checkSite(compiled, &compiled.Sites[i])...)
	}
	out.Findings = out.Findings.Sorted()
	return out
}

// entries returns the origins of a policy in an environment as they are written:
// an entry that another one covers is a risk of its own.
func entries(p *policy.Policy, environment string) []policy.Origin {
	for _, e := range p.Environments {
		if e.Name == environment && e.Settings.AllowOrigins.Set {
			return e.Settings.AllowOrigins.Value
		}
	}
	return p.Settings.AllowOrigins.Value
}

// checker checks the variants of one policy.
type checker struct {
	accepted []*acceptance
	lookup   map[subject]*acceptance
	asked    map[question]bool
	found    diag.List
}

// add reports a finding of an environment, unless it is accepted. For a rule
// about origins, origin is the one meant, as the policy writes it; "" for others.
func (c *checker) add(d diag.Diagnostic, origin, environment string) {
	if a := c.acceptance(subject{d.Code, origin, environment}); a != nil {
		a.use(d, origin)
		return
	}
	c.found = append(c.found, d)
}

// context is what the rules about an origin depend on besides the origin.
type context struct {
	environment string
	credentials bool
	public      bool // an origin of the public network is allowed too
}

func (c *checker) variant(v *ir.Variant, written []policy.Origin) {
	if v.Origins.Any {
		return // the answer is the same for every origin, and never with credentials
	}
	ctx := context{
		environment: v.Environment,
		credentials: slices.ContainsFunc(v.Preflight.Allowed.Set, func(h ir.Header) bool { return h.Name == "Access-Control-Allow-Credentials" }),
	}
	if c.seen(ctx, written) {
		return
	}
	ctx.public = slices.ContainsFunc(written, func(o policy.Origin) bool { return isPublic(o.Pattern) })
	for _, o := range written {
		for _, d := range checkOrigin(o.Pattern, ctx) {
			d.Range = o.Range
			c.add(d, o.Pattern.String(), v.Environment)
		}
	}
}

// question is what the findings about a list of origins depend on.
type question struct {
	first       *policy.Origin // of the list
	credentials bool
	base        bool
	environment string // where the findings or the acceptances name it
}

// seen reports whether the same has been asked for another environment: most
// inherit long lists.
func (c *checker) seen(ctx context, written []policy.Origin) bool {
	if len(written) == 0 {
		return true
	}
	q := question{first: &written[0], credentials: ctx.credentials, base: ctx.environment == ""}
	named := slices.ContainsFunc(c.accepted, func(a *acceptance) bool { return a.risk.Environment != "" })
	if named || isProduction(ctx.environment) {
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
	for _, check := range []func(origin.Pattern, context) (diag.Diagnostic, bool){
		nullOrigin, strangers, insecure, loopback,
	} {
		if d, ok := check(p, ctx); ok {
			found = append(found, d)
		}
	}
	return found
}

func nullOrigin(p origin.Pattern, _ context) (d diag.Diagnostic, ok bool) {
	if p.String() != origin.Null {
		return d, false
	}
	return diag.Diagnostic{
		Code:    "C107",
		Summary: `The origin "null"`,
		Detail: `Every sandboxed frame, data: URL and many a redirect sends the origin null, so any site can make a page that sends it. ` +
			`Serve the page from an origin of its own and list that, or accept the risk: ` + acceptRisk("null-origin", p),
	}, true
}

// strangers are the rules about names that anyone may register.
func strangers(p origin.Pattern, ctx context) (diag.Diagnostic, bool) {
	reach, suffix := p.Reach()
	d := diag.Diagnostic{Severity: diag.Warning}
	if ctx.credentials {
		d.Severity = diag.Error
	}
	switch reach {
	case origin.AnySite:
		d.Code = "C113"
		d.Summary = fmt.Sprintf("Anyone can register a name below %s", suffix)
		d.Detail = fmt.Sprintf("%s is a public suffix: its owner lets everybody register names below it, and %q allows them all. ", suffix, p)
	case origin.SomeSites:
		d.Code = "C114"
		d.Summary = fmt.Sprintf("Strangers can register a name below %s that matches", suffix)
		d.Detail = fmt.Sprintf("%s is a public suffix: its owner lets everybody register names below it, also a name that matches %q. ", suffix, p)
	default:
		return d, false
	}
	rule, _ := diag.LookupRule(d.Code)
	d.Detail += "List exact origins, or serve previews below a domain of your own, or accept the risk: " + acceptRisk(rule.Slug, p)
	return d, true
}

func insecure(p origin.Pattern, ctx context) (d diag.Diagnostic, ok bool) {
	if !ctx.credentials || p.Scheme() != "http" || p.Loopback() {
		return d, false
	}
	return diag.Diagnostic{
		Code:    "C203",
		Summary: fmt.Sprintf("Plain http origin %q with credentials", p),
		Detail: fmt.Sprintf("Whoever is on the network between a user and the site can put a script of their own into a page of %q, which then reads responses with the user's cookies. "+
			"Write %q, or accept the risk: %s", p, "https"+strings.TrimPrefix(p.String(), "http"), acceptRisk("insecure-origin", p)),
	}, true
}

// isPublic reports whether p is below a name of the public network: not an
// address, a single label, or a name that only private networks know.
func isPublic(p origin.Pattern) bool {
	labels := p.Labels()
	if len(labels) < 2 || p.Scheme() != "http" && p.Scheme() != "https" {
		return false
	}
	top := labels[len(labels)-1].Prefix
	private := []string{"localhost", "test", "internal", "local", "lan", "arpa"}
	return !slices.Contains(private, top)
}

// isProduction reports whether an environment is named like one that users are
// in: "production", "prod_eu", "live-us".
func isProduction(environment string) bool {
	words := strings.FieldsFunc(environment, func(r rune) bool { return r == '-' || r == '_' })
	return slices.ContainsFunc(words, func(word string) bool {
		return slices.Contains([]string{"production", "prod", "prd", "live"}, word)
	})
}

func loopback(p origin.Pattern, ctx context) (d diag.Diagnostic, ok bool) {
	production := isProduction(ctx.environment)
	base := ctx.environment == "" && ctx.public
	if !production && !base || !p.Loopback() {
		return d, false
	}
	d = diag.Diagnostic{
		Code:     "C205",
		Severity: diag.Warning,
		Summary:  "Loopback origin beside public ones",
		Detail: fmt.Sprintf("Any program that listens on a user's own machine may serve a page of %q, which could then read responses. "+
			`Move the origin into an environment block for development, or accept the risk: %s`, p, acceptRisk("loopback-in-production", p)),
	}
	if production {
		d.Severity = diag.Error
		d.Summary = fmt.Sprintf("Loopback origin in environment %q", ctx.environment)
	}
	return d, true
}

func acceptRisk(slug string, p origin.Pattern) string {
	return fmt.Sprintf(`accept_risk %q { origins = [%q], reason, owner, expires }.`, slug, p)
}
