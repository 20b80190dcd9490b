package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/origin"
)

// insecure are the rules about origins that anyone on the network can speak for.
// Browsers take pages of the user's own machine for secure
// (https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy).
func insecure(p origin.Pattern, ctx context) (d diag.Diagnostic, ok bool) {
	if p.Scheme() != "http" || p.Loopback() {
		return d, false
	}
	d = diag.Diagnostic{
		Code: "C204", Severity: diag.Warning, Related: ctx.related,
		Summary: fmt.Sprintf("Plain http origin %q", p),
		Detail: fmt.Sprintf("Whoever is on the network between a user and the site can put a script of their own into a page of %q, which then reads %s. ", p, ctx.loot()) +
			fmt.Sprintf("Serve the page over TLS and write %q.", secure(p)),
	}
	if ctx.credentials {
		d.Code, d.Severity = "C203", diag.Error
		d.Summary += " with credentials"
		return d, true
	}
	d.Detail += ` Where anyone may read the responses anyway, the whole list can be ["*"].`
	return d, true
}

func secure(p origin.Pattern) string { return "https" + strings.TrimPrefix(p.String(), "http") }

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
		Code: "C205", Severity: diag.Warning, Related: ctx.related,
		Summary: "Loopback origin beside public ones",
		Detail: fmt.Sprintf("Any program that listens on a user's own machine may serve a page of %q, which could then read %s. ", p, ctx.loot()) +
			`Move the origin into an environment block for development, as in environment "development" { allow_origins = [...] }.`,
	}
	if production {
		d.Severity = diag.Error
		d.Summary = fmt.Sprintf("Loopback origin in environment %q", ctx.environment)
	}
	return d, true
}

func credentialsForTree(p origin.Pattern, ctx context) (d diag.Diagnostic, ok bool) {
	if !ctx.credentials || !p.Deep() || p.Loopback() || ctx.reach != origin.OwnSites {
		return d, false
	}
	domain := strings.TrimPrefix(p.Host(), "**.")
	return diag.Diagnostic{
		Code: "C207", Severity: diag.Warning, Related: ctx.related,
		Summary: fmt.Sprintf("Credentials for every name below %s", domain),
		Detail: fmt.Sprintf("One forgotten name at any depth, whose server a stranger has taken over or whose pages take in a script, is enough to read %s. ", ctx.loot()) +
			fmt.Sprintf("List the origins that need credentials, or write %q for one level.", strings.Replace(p.String(), "**.", "*.", 1)),
	}, true
}
