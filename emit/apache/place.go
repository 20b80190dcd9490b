package apache

import (
	"fmt"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/ir"
)

// place prints one policy for a <Location> or an .htaccess file. There SetEnvIf
// comes too late to decide, so each <If> compares the request itself.
type place struct{ *scope }

func (p *place) print() {
	p.about()
	p.linef("")
	p.remove(p.variant.Actual.Allowed.Delete, "")
	p.vary(&p.variant.Actual.Allowed)
	p.actual()
	p.linef("")
	p.section("If", quote(preflightCondition), func() {
		p.bypass()
		p.branches(p.preflightAllowed, func() { p.respond(&p.variant.Preflight.Refused) })
	})
	if p.gated() {
		p.linef("")
		p.section("If", quote("-n req_novary('Origin') && !("+preflightCondition+")"), func() {
			p.branches(nil, p.gate)
		})
	}
}

// allowed returns the expression that is true if the origin is allowed. Apache
// evaluates a chain of operators one inside the other, and at most 20 so, which
// is why they are paired.
func (p *place) allowed() string {
	var tests []string
	for _, e := range originExpressions(p.variant.Origins.Patterns, maxLiteral) {
		tests = append(tests, "%{req_novary:Origin} =~ m#"+e+"#")
	}
	if len(tests) == 0 {
		return "false"
	}
	for len(tests) > 1 {
		var pairs []string
		for i := 0; i+1 < len(tests); i += 2 {
			pairs = append(pairs, "("+tests[i]+" || "+tests[i+1]+")")
		}
		if len(tests)%2 == 1 {
			pairs = append(pairs, tests[len(tests)-1])
		}
		tests = pairs
	}
	return tests[0]
}

// branches prints the sections for requests of an allowed and of another origin.
func (p *place) branches(allowed, refused func()) {
	switch {
	case p.variant.Origins.Any:
		p.section("If", `"true"`, allowed)
	case allowed == nil:
		p.section("If", quote("!("+p.allowed()+")"), refused)
	default:
		p.section("If", quote(p.allowed()), allowed)
		p.section("Else", "", refused)
	}
}

// actual prints the headers of responses of the handler or upstream. Apache merges
// every <If> of an outer place before those of an inner one, and sections of a
// depth before deeper ones. So what stands in an <If> at each depth takes back what
// a policy around this one has set there.
func (p *place) actual() {
	set := p.variant.Actual.Allowed.Set
	p.section("If", `"true"`, p.disown)
	condition := `"true"`
	if !p.variant.Origins.Any {
		p.listOrigins()
		condition = quote(p.allowed())
	}
	p.section("If", condition, func() {
		p.set(set)
		p.notFromCache(set)
	})
}

// set prints headers with values of the request as it is now. The Origin is kept
// in a variable too, since a RequestHeader line may take it away; the variable is
// not there yet where an early error ends the request.
func (p *place) set(headers []ir.Header) {
	for _, h := range headers {
		switch h.Value.Echo {
		case ir.EchoOrigin:
			p.linef(`SetEnvIf Origin "^(.+)$" %s=$1`, p.name("origin"))
			p.linef(`Header always set %s "expr=%%{req_novary:Origin}"`, h.Name)
			p.linef("Header always set %s %s env=%s", h.Name, p.value(h), p.name("origin"))
		case ir.EchoMethod:
			p.echo(h.Name, "Access-Control-Request-Method", methodExpression)
		case ir.EchoHeaders:
			p.echo(h.Name, "Access-Control-Request-Headers", headersExpression)
		default:
			p.linef("Header always set %s %s", h.Name, p.constant(h))
		}
	}
}

// echo prints a condition of the line in the place of an <If>, which would be deeper
// than what takes the header back.
func (p *place) echo(name, from, expression string) {
	p.linef(`Header always set %s "expr=%%{req_novary:%s}" %s`, name, from, quote(fmt.Sprintf("expr=%%{req_novary:%s} =~ m/%s/", from, expression)))
}

func (p *place) preflightAllowed() { p.respond(&p.variant.Preflight.Allowed) }

func (p *place) gate() {
	p.bypass()
	p.section("If", `"true"`, func() { p.respond(&p.variant.Actual.Refused) })
}

func (p *place) respond(r *ir.Response) {
	p.disown()
	p.vary(r)
	p.set(r.Set)
	p.status(r.Status)
}

// maxLine is the length of the longest line, in bytes, that Apache reads from an
// .htaccess file.
const maxLine = 8_190

// checkLines reports what Apache would answer with 500 on every request.
func checkLines(s *scope) diag.List {
	longest := 0
	for line := range strings.Lines(s.out.String()) {
		longest = max(longest, len(line))
	}
	if longest <= maxLine {
		return nil
	}
	return diag.List{{
		Code:    "C510",
		Summary: fmt.Sprintf("The origins of policy %q are too many for an .htaccess file", s.policy.Name),
		Detail: fmt.Sprintf("Apache reads lines of at most %d bytes from such a file, and the one that compares the origins would have %d. It would read and compile them for every request. "+
			"Write context = \"vhost\", which takes any number, or put patterns in the place of origins.", maxLine, longest),
		Range: s.variant.Src,
	}}
}
