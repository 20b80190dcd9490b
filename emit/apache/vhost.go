package apache

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// vhost prints one policy for a <VirtualHost>.
//
// SetEnvIf lines decide, by environment variables, which branch a request takes.
// They run before anything else, and again on every internal redirect. Header
// lines then dress the responses of actual requests. What the server answers
// itself, preflights above all, it answers in an <If>, which is merged last and
// so overrides what the configuration says of access, handlers and error pages.
type vhost struct {
	program *ir.Program
	policy  *ir.Policy
	variant *ir.Variant

	out    bytes.Buffer
	indent int
	diags  diag.List
}

func (v *vhost) print() {
	v.header()
	v.guards()
	v.classify()
	v.actual()
	v.preflight()
	v.gate()
}

func (v *vhost) linef(format string, args ...any) {
	v.out.WriteString(strings.Repeat("  ", v.indent))
	fmt.Fprintf(&v.out, format, args...)
	v.out.WriteByte('\n')
}

// section prints a section around the lines that body prints.
func (v *vhost) section(name, argument string, body func()) {
	v.linef("<%s>", strings.TrimSpace(name+" "+argument))
	v.indent++
	body()
	v.indent--
	v.linef("</%s>", name)
}

// comment prints s, which is free of line breaks.
func (v *vhost) comment(s string) { v.linef("%s", strings.TrimSpace("# "+s)) }

// name returns the name of an environment variable of the policy. A request
// header cannot stand in for it: only the attribute of SetEnvIf is looked up
// among the headers, and our variables are read through reqenv() and env=.
func (v *vhost) name(role string) string { return "corsgen_" + v.policy.Name + "_" + role }

// is returns the expression that is true if a variable is set.
func (v *vhost) is(role string) string { return fmt.Sprintf("-n reqenv('%s')", v.name(role)) }

const width = 90

func (v *vhost) header() {
	v.comment(emit.Marker(v.program))
	v.comment("")
	v.comment(fmt.Sprintf("The CORS policy %s (%s)%s.", v.policy.Name, emit.Place(v.policy.Src), v.environment()))
	for _, line := range emit.CommentLines(v.variant.Description, width) {
		v.comment(line)
	}
	fmt.Fprintf(&v.out, usage, v.policy.Name)
}

func (v *vhost) environment() string {
	if v.variant.Environment == "" {
		return ""
	}
	return " in the environment " + emit.Comment(v.variant.Environment)
}

const usage = `#
# Include it in the <VirtualHost> that it is for, anywhere between the lines of that section:
#
#     <VirtualHost *:443>
#         ServerName api.example.com
#         Include corsgen/%s.vhost.conf
#     </VirtualHost>
#
# Modules: a2enmod headers setenvif alias
#
# Do not include it in <Location>, <Directory>, <If> or .htaccess, nor outside of a virtual host, nor
# beside a second policy in the same one. Do not use IncludeOptional or put it in an <IfModule>: it
# would vanish without a word. Do not set Access-Control-* headers anywhere else in the virtual host.
`

// guards prints what turns a wrong place and a missing module into an error when
// the server starts.
func (v *vhost) guards() {
	v.linef("")
	v.comment("ServerAlias is an error wherever this file does not belong; no client asks for this name.")
	v.linef("ServerAlias corsgen-vhost-only.invalid")
	for _, module := range []string{"headers", "setenvif", "alias"} {
		v.section("IfModule", "!mod_"+module+".c", func() {
			v.linef(`Error "corsgen: the CORS policy %s needs mod_%s (a2enmod %s)"`, v.policy.Name, module, module)
		})
	}
	v.section("IfModule", "mod_version.c", func() {
		v.section("IfVersion", "< 2.4.47", func() {
			v.linef(`Error "corsgen: the CORS policy %s needs Apache 2.4.47 or later"`, v.policy.Name)
		})
	})
}

const preflightCondition = `%{REQUEST_METHOD} == 'OPTIONS' && -n req_novary('Origin') && -n req_novary('Access-Control-Request-Method')`

// classify prints the lines that decide which branch a request takes.
func (v *vhost) classify() {
	v.linef("")
	v.comment("The first and the last of these lines keep other SetEnvIf lines and ours apart.")
	v.reread()
	if v.variant.Origins.Any {
		v.linef(`SetEnvIf Request_Method "^" %s`, v.name("actual"))
	} else {
		v.origins()
	}
	v.linef(`SetEnvIfExpr %s %s no-proxy !%s`, quote(preflightCondition), v.name("preflight"), v.actualName())
	if v.gated() {
		v.linef(`SetEnvIfExpr "-n req_novary('Origin') && -z reqenv('%s') && -z reqenv('%s')" %s no-proxy`,
			v.name("origin"), v.name("preflight"), v.name("refused"))
	}
	for _, h := range v.variant.Preflight.Allowed.Set {
		switch h.Value.Echo {
		case ir.EchoMethod:
			v.linef(`SetEnvIf Access-Control-Request-Method %s %s=$0`, quote(methodExpression), v.name("method"))
		case ir.EchoHeaders:
			v.linef(`SetEnvIf Access-Control-Request-Headers %s %s=$0`, quote(headersExpression), v.name("headers"))
		}
	}
	v.reread()
}

// reread prints a line that sets nothing. A SetEnvIf line that names the same
// attribute as the last SetEnvIf line, with a SetEnvIfExpr between them, does not
// see the attribute's value; after a line that names another one it does.
func (v *vhost) reread() { v.linef(`SetEnvIf Corsgen "^(?!)" %s`, v.name("never")) }

func (v *vhost) gated() bool { return v.variant.Actual.Refused.Status != 0 }

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

// origins prints the lines that set the variables origin and allowed. The last
// of them is for internal redirects, after a RequestHeader line has taken the
// Origin away.
func (v *vhost) origins() {
	patterns := v.variant.Origins.Patterns
	v.comment("These origins are allowed:")
	for _, p := range patterns[:min(len(patterns), maxListed)] {
		v.comment("  " + emit.Comment(p.String()))
	}
	if more := len(patterns) - maxListed; more > 0 {
		v.comment(fmt.Sprintf("  and %d more", more))
	}
	for _, e := range expressions(v.variant.Origins.Patterns) {
		v.linef(`SetEnvIf Origin %s %s=$0 %s`, quote(e), v.name("origin"), v.name("allowed"))
	}
	v.linef(`SetEnvIfExpr "reqenv('REDIRECT_%s') =~ m#^(.+)$#" %s=$1 %s`, v.name("origin"), v.name("origin"), v.name("allowed"))
}

// actualName returns the variable that is set where Actual.Allowed applies.
func (v *vhost) actualName() string {
	if v.variant.Origins.Any {
		return v.name("actual")
	}
	return v.name("allowed")
}

// actual prints what is done to the responses of the handler or upstream.
func (v *vhost) actual() {
	v.linef("")
	r := &v.variant.Actual.Allowed
	for _, table := range []string{"onsuccess", "always"} {
		for _, name := range r.Delete {
			v.linef("Header %s unset %s", table, name)
		}
	}
	v.vary(r)
	for _, h := range r.Set {
		v.linef("Header always set %s %s env=%s", h.Name, v.value(h), v.actualName())
	}
	for _, h := range r.Set {
		v.linef("Header always unset %s env=cache-hit", h.Name)
	}
}

func (v *vhost) vary(r *ir.Response) {
	for _, member := range r.Vary {
		v.linef("Header always merge Vary %s", member)
	}
}

func (v *vhost) value(h ir.Header) string {
	switch h.Value.Echo {
	case ir.EchoOrigin:
		return quote("%{" + v.name("origin") + "}e")
	case ir.EchoMethod:
		return quote("%{" + v.name("method") + "}e")
	case ir.EchoHeaders:
		return quote("%{" + v.name("headers") + "}e")
	}
	q, err := quoteValue(h.Value.Const)
	if err != nil {
		v.diags = append(v.diags, diag.Diagnostic{
			Code:    "C510",
			Summary: "Apache cannot state a header value",
			Detail:  fmt.Sprintf("The value of %s %v.", h.Name, err),
			Range:   h.Src,
		})
	}
	return q
}

func (v *vhost) preflight() {
	b := &v.variant.Preflight
	v.linef("")
	v.section("If", quote(v.is("preflight")), func() {
		v.bypass()
		if v.variant.Origins.Any {
			v.section("If", quote(v.is("preflight")), func() { v.respond(&b.Allowed) })
			return
		}
		v.section("If", quote(v.is("origin")), func() { v.respond(&b.Allowed) })
		v.section("Else", "", func() { v.respond(&b.Refused) })
	})
}

func (v *vhost) gate() {
	if !v.gated() {
		return
	}
	v.linef("")
	v.section("If", quote(v.is("refused")), func() {
		v.bypass()
		v.section("If", quote(v.is("refused")), func() { v.respond(&v.variant.Actual.Refused) })
	})
}

// bypass prints what lets the server answer by itself whatever the configuration
// says of the place.
func (v *vhost) bypass() {
	v.section("IfModule", "mod_authz_core.c", func() { v.linef("Require all granted") })
	v.section("IfModule", "mod_access_compat.c", func() { v.linef("Satisfy Any") })
	v.section("IfModule", "mod_allowmethods.c", func() { v.linef("AllowMethods reset") })
	v.section("IfModule", "mod_rewrite.c", func() { v.linef("RewriteEngine Off") })
	v.linef("LimitRequestBody 0")
	for _, name := range ir.Owned() {
		v.linef("Header always unset %s", name)
	}
}

// respond prints a response that the server gives by itself. It belongs into a
// section inside another one: only there does its Redirect win over that of an
// <If> which stands after the policy.
func (v *vhost) respond(r *ir.Response) {
	v.vary(r)
	for _, h := range r.Set {
		condition := ""
		switch h.Value.Echo {
		case ir.EchoMethod:
			condition = " env=" + v.name("method")
		case ir.EchoHeaders:
			condition = " env=" + v.name("headers")
		}
		v.linef("Header always set %s %s%s", h.Name, v.value(h), condition)
	}
	if r.Status == 403 {
		v.linef("ErrorDocument 403 default")
	}
	if r.Status == 200 {
		v.linef(`ErrorDocument 200 "%%{reqenv:%s}"`, v.name("empty"))
	}
	v.linef("Redirect %d", r.Status)
}
