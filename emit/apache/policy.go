package apache

import (
	"fmt"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// scope prints what one policy does in a <VirtualHost>.
//
// SetEnvIf lines decide, by environment variables, which branch a request takes.
// They run before anything else, and again on every internal redirect. Header
// lines then dress the responses of actual requests. What the server answers
// itself, preflights above all, it answers in an <If>, which is merged last and
// so overrides what the configuration says of access, handlers and error pages.
type scope struct {
	*file
	policy  *ir.Policy
	variant *ir.Variant
	routed  bool // the policy is one of several, and the variable here is set where it applies
}

func newScope(f *file, p *ir.Policy, environment string) *scope {
	v, _ := p.Variant(environment)
	return &scope{file: f, policy: p, variant: v}
}

// name returns the name of an environment variable of the policy. A request
// header cannot stand in for it: only the attribute of SetEnvIf is looked up
// among the headers, and our variables are read through reqenv() and env=.
func (s *scope) name(role string) string { return "corsgen_" + s.policy.Name + "_" + role }

// is returns the expression that is true if a variable is set.
func (s *scope) is(role string) string { return fmt.Sprintf("-n reqenv('%s')", s.name(role)) }

// here returns the expression that is true, with the one that is given, where the
// policy applies.
func (s *scope) here(condition string) string {
	if s.routed {
		return s.is("here") + " && " + condition
	}
	return condition
}

// envHere returns the condition of a Header line that the policy applies.
func (s *scope) envHere() string {
	if s.routed {
		return " env=" + s.name("here")
	}
	return ""
}

const preflightCondition = `%{REQUEST_METHOD} == 'OPTIONS' && -n req_novary('Origin') && -n req_novary('Access-Control-Request-Method')`

// classify prints the lines that decide which branch a request takes.
func (s *scope) classify() {
	s.reread()
	if s.variant.Origins.Any {
		s.linef(`SetEnvIfExpr %s %s`, quote(s.here("true")), s.name("actual"))
	} else {
		s.origins()
	}
	s.linef(`SetEnvIfExpr %s %s no-proxy !%s`, quote(s.here(preflightCondition)), s.name("preflight"), s.actualName())
	if s.gated() {
		s.linef(`SetEnvIfExpr %s %s no-proxy`, quote(s.here(fmt.Sprintf("-n req_novary('Origin') && -z reqenv('%s') && -z reqenv('%s')",
			s.name("origin"), s.name("preflight")))), s.name("refused"))
	}
	for _, h := range s.variant.Preflight.Allowed.Set {
		switch h.Value.Echo {
		case ir.EchoMethod:
			s.linef(`SetEnvIf Access-Control-Request-Method %s %s=$0`, quote(methodExpression), s.name("method"))
		case ir.EchoHeaders:
			s.linef(`SetEnvIf Access-Control-Request-Headers %s %s=$0`, quote(headersExpression), s.name("headers"))
		}
	}
	s.reread()
}

// reread prints a line without effect: it unsets what nothing sets. A SetEnvIf
// line that names the same attribute as the last SetEnvIf line, with a SetEnvIfExpr
// between them, does not see the attribute's value; after a line that names another
// one it does. A plain text costs less to look for than a regular expression.
func (f *file) reread() { f.linef(`SetEnvIf Corsgen corsgen !corsgen_never`) }

func (s *scope) gated() bool { return s.variant.Actual.Refused.Status != 0 }

// The possessive quantifiers keep the time that a hostile value takes in
// proportion to its length: no byte is looked at twice.
const (
	token             = `[!#$%&'*+.^_` + "`" + `|~0-9A-Za-z-]`
	methodExpression  = `^(?-i)` + token + `{1,4000}+$`
	headersExpression = `^(?-i)(?!.{4001})` + token + `++(?:[ \t]*+,[ \t]*+` + token + `++)*+$`
)

// maxListed is how many patterns a comment lists above the expressions that
// match them.
const maxListed = 20

// listOrigins prints the comment above the expressions.
func (s *scope) listOrigins() {
	patterns := s.variant.Origins.Patterns
	s.comment("These origins are allowed:")
	for _, p := range patterns[:min(len(patterns), maxListed)] {
		s.comment("  " + emit.Comment(p.String()))
	}
	if more := len(patterns) - maxListed; more > 0 {
		s.comment(fmt.Sprintf("  and %d more", more))
	}
}

// origins prints the lines that set the variables origin and allowed. One of them
// is for internal redirects, after a RequestHeader line has taken the Origin away.
func (s *scope) origins() {
	s.listOrigins()
	for _, e := range originExpressions(s.variant.Origins.Patterns, unlimited) {
		s.linef(`SetEnvIf Origin %s %s=$0 %s`, quote(e), s.name("origin"), s.name("allowed"))
	}
	s.linef(`SetEnvIfExpr "reqenv('REDIRECT_%s') =~ m#^(.+)$#" %s=$1 %s`, s.name("origin"), s.name("origin"), s.name("allowed"))
	if s.routed {
		s.linef(`SetEnvIfExpr "-z reqenv('%s')" !%s !%s`, s.name("here"), s.name("origin"), s.name("allowed"))
	}
}

// actualName returns the variable that is set where Actual.Allowed applies.
func (s *scope) actualName() string {
	if s.variant.Origins.Any {
		return s.name("actual")
	}
	return s.name("allowed")
}

// actual prints what is done to the responses of the handler or upstream.
func (s *scope) actual() {
	r := &s.variant.Actual.Allowed
	s.remove(r.Delete, s.envHere())
	for _, member := range r.Vary {
		s.linef("Header always merge Vary %s%s", member, s.envHere())
	}
	for _, h := range r.Set {
		s.linef("Header always set %s %s env=%s", h.Name, s.value(h), s.actualName())
	}
	s.notFromCache(r.Set)
}

// notFromCache prints what takes headers back where mod_cache answers, which has
// them stored.
func (f *file) notFromCache(headers []ir.Header) {
	for _, h := range headers {
		f.linef("Header always unset %s env=cache-hit", h.Name)
	}
}

// remove prints what takes headers away from the handler or upstream.
func (f *file) remove(names []string, condition string) {
	for _, table := range []string{"onsuccess", "always"} {
		for _, name := range names {
			f.linef("Header %s unset %s%s", table, name, condition)
		}
	}
}

func (s *scope) value(h ir.Header) string {
	switch h.Value.Echo {
	case ir.EchoOrigin:
		return quote("%{" + s.name("origin") + "}e")
	case ir.EchoMethod:
		return quote("%{" + s.name("method") + "}e")
	case ir.EchoHeaders:
		return quote("%{" + s.name("headers") + "}e")
	}
	return s.constant(h)
}

// constant returns the quoted value of a header that repeats nothing.
func (f *file) constant(h ir.Header) string {
	q, err := quoteValue(h.Value.Const)
	if err != nil {
		f.diags = append(f.diags, diag.Diagnostic{
			Code:    "C510",
			Summary: "Apache cannot state a header value",
			Detail:  fmt.Sprintf("The value of %s %v.", h.Name, err),
			Range:   h.Src,
		})
	}
	return q
}

func (s *scope) preflight() {
	b := &s.variant.Preflight
	s.linef("")
	s.section("If", quote(s.is("preflight")), func() {
		s.bypass()
		if s.variant.Origins.Any {
			s.section("If", quote(s.is("preflight")), func() { s.respond(&b.Allowed) })
			return
		}
		s.section("If", quote(s.is("origin")), func() { s.respond(&b.Allowed) })
		s.section("Else", "", func() { s.respond(&b.Refused) })
	})
}

func (s *scope) gate() {
	if !s.gated() {
		return
	}
	s.linef("")
	s.section("If", quote(s.is("refused")), func() {
		s.bypass()
		s.section("If", quote(s.is("refused")), func() { s.respond(&s.variant.Actual.Refused) })
	})
}

// respond prints a response that the server gives by itself. It belongs into a
// section inside another one: only there does its Redirect win over that of an
// <If> which stands after the policy.
func (s *scope) respond(r *ir.Response) {
	s.vary(r)
	for _, h := range r.Set {
		condition := ""
		switch h.Value.Echo {
		case ir.EchoMethod:
			condition = " env=" + s.name("method")
		case ir.EchoHeaders:
			condition = " env=" + s.name("headers")
		}
		s.linef("Header always set %s %s%s", h.Name, s.value(h), condition)
	}
	s.status(r.Status)
}

func (f *file) vary(r *ir.Response) {
	for _, member := range r.Vary {
		f.linef("Header always merge Vary %s", member)
	}
}

// status prints the lines that answer with a status.
func (f *file) status(status int) {
	switch status {
	case 403:
		f.linef("ErrorDocument 403 default")
	case 200:
		f.linef(`ErrorDocument 200 "%%{reqenv:corsgen_empty}"`)
	}
	f.linef("Redirect %d", status)
}

// bypass prints what lets the server answer by itself whatever the configuration
// says of the place.
func (f *file) bypass() {
	if f.context != inHtaccess { // where they would need more than AllowOverride FileInfo
		f.section("IfModule", "mod_authz_core.c", func() { f.linef("Require all granted") })
		f.section("IfModule", "mod_access_compat.c", func() { f.linef("Satisfy Any") })
		f.section("IfModule", "mod_allowmethods.c", func() { f.linef("AllowMethods reset") })
	}
	f.section("IfModule", "mod_rewrite.c", func() { f.linef("RewriteEngine Off") })
	f.linef("LimitRequestBody 0")
	f.disown()
}

// disown prints what takes back the headers that lines before have set.
func (f *file) disown() {
	for _, name := range ir.Owned() {
		f.linef("Header always unset %s", name)
	}
}
