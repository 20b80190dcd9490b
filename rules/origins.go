package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/origin"
)

func nullOrigin(p origin.Pattern, ctx context) (d diag.Diagnostic, ok bool) {
	if p.String() != origin.Null {
		return d, false
	}
	return diag.Diagnostic{
		Code:    "C107",
		Related: ctx.related,
		Summary: `The origin "null"`,
		Detail: `Pages without an origin of their own send null: those in a sandboxed frame, from data: URLs and files, and some after a redirect. ` +
			`Any site can put its script into such a frame, so any site could read ` + ctx.loot() + `. Serve the page from an origin of its own and list that.`,
	}, true
}

// strangers are the rules about names that anyone may register.
func strangers(p origin.Pattern, ctx context) (diag.Diagnostic, bool) {
	d := diag.Diagnostic{Severity: diag.Warning, Related: ctx.related}
	if ctx.credentials {
		d.Severity = diag.Error
	}
	suffix := ctx.suffix
	switch ctx.reach {
	case origin.AnySite:
		d.Code = "C113"
		d.Summary = fmt.Sprintf("Anyone can register a name below %s", suffix)
		d.Detail = fmt.Sprintf("The owner of %s lets everybody register names below it, and %q matches them all, so a page of any stranger there could read %s. ", suffix, p, ctx.loot())
	case origin.SomeSites:
		d.Code = "C114"
		d.Summary = fmt.Sprintf("Strangers can register a name below %s that matches", suffix)
		d.Detail = fmt.Sprintf("The owner of %s lets everybody register names below it, so a stranger may get one that %q matches, and read %s. ", suffix, p, ctx.loot())
	default:
		return d, false
	}
	d.Detail += ownPreviews(p, suffix)
	return d, true
}

// ownPreviews says what to write for previews of one's own below a suffix.
func ownPreviews(p origin.Pattern, suffix string) string {
	form := origin.Preview(suffix)
	name, isForm := strings.CutSuffix(form, "."+suffix)
	if _, site, ok := strings.Cut(name, "."); ok {
		own := fmt.Sprintf("%s://*.%s.%s", p.Scheme(), strings.ToLower(site), suffix)
		return fmt.Sprintf("Previews there are called %s: write %q with the name of your %s, or list exact origins.", form, own, strings.ToLower(site))
	}
	advice := `List exact origins, or serve previews below a domain of your own, as in "https://*.preview.example.com".`
	if isForm {
		advice = fmt.Sprintf("Previews there are called %s, and nothing says that no stranger can register such a name. ", form) + advice
	}
	return advice
}

func anyPort(p origin.Pattern, ctx context) (d diag.Diagnostic, ok bool) {
	if p.Port() != "*" || !p.Public() {
		return d, false
	}
	return diag.Diagnostic{
		Code: "C118", Severity: diag.Warning, Related: ctx.related,
		Summary: "Any port of a public host",
		Detail: fmt.Sprintf("%q also lets in pages that other programs serve from the host, such as a test server, an admin console, or what somebody with an account on it starts on a high port; they could read %s. ", p, ctx.loot()) +
			fmt.Sprintf("Write the port that the page has, or none for the default, as in %q.", strings.TrimSuffix(p.String(), ":*")),
	}, true
}

func foreignCode(p origin.Pattern, ctx context) (d diag.Diagnostic, ok bool) {
	how := p.ForeignCode()
	if how == "" || ctx.reach != origin.OwnSites {
		return d, false
	}
	return diag.Diagnostic{
		Code: "C120", Severity: diag.Warning, Related: ctx.related,
		Summary: fmt.Sprintf("%s serves other people's code", p.Host()),
		Detail: fmt.Sprintf("The host %s. An origin has no path, so browsers cannot tell these pages apart, and each of them could read %s. ", how, ctx.loot()) +
			`Serve your page from a host of its own and list that.`,
	}, true
}

// extensions are the schemes under which browsers serve the pages of extensions.
var extensions = []string{
	"chrome-extension", "edge-extension", "extension", "moz-extension", "ms-browser-extension", "safari-extension", "safari-web-extension",
}

func customScheme(p origin.Pattern, _ context) (d diag.Diagnostic, ok bool) {
	if s := p.Scheme(); s == "" || s == "http" || s == "https" {
		return d, false
	}
	d = diag.Diagnostic{
		Code: "C123", Severity: diag.Warning,
		Summary: fmt.Sprintf("The origin %q of an app", p),
		Detail: "Nobody owns a name under this scheme: every app that is built to use it sends the same origin, so it does not tell yours from others. " +
			"List exactly the origins that your own apps send, and do not take the Origin for a proof of who calls. Where an app can serve its pages from https, list that origin instead.",
	}
	if slices.Contains(extensions, p.Scheme()) {
		d.Summary = fmt.Sprintf("The origin %q of an extension", p)
		d.Detail = "The browser vouches for the id, but every page and later release of the extension speaks for it, and an extension without a fixed id gets another one with each installation. " +
			"List exactly the ids of your own published extensions; one with host permissions for the server needs no CORS at all."
	}
	return d, true
}

func unknownTop(p origin.Pattern, ctx context) (d diag.Diagnostic, ok bool) {
	top := p.UnknownTop()
	if top == "" {
		return d, false
	}
	return diag.Diagnostic{
		Code: "C126", Severity: diag.Warning, Related: ctx.related,
		Summary: fmt.Sprintf("No list knows the top-level name %s", top),
		Detail: fmt.Sprintf("The public suffix list cannot tell whose the names are that %q matches. On another network, or should %s be delegated one day, somebody else answers for them and could read %s. ", p, top, ctx.loot()) +
			"Use names below a domain that you have registered, or below internal, local, lan or home.arpa, or list exact origins.",
	}, true
}

// apexLeftOut notes patterns for all subdomains where nothing allows the domain
// itself.
func apexLeftOut(p origin.Pattern, ctx context) (d diag.Diagnostic, ok bool) {
	apex, ok := p.Apex()
	if !ok || ctx.reach != origin.OwnSites || ctx.listed(apex) {
		return d, false
	}
	return diag.Diagnostic{
		Code: "C116", Severity: diag.Note,
		Summary: fmt.Sprintf("%q leaves out %q", p, apex),
		Detail:  fmt.Sprintf("The wildcard stands for at least one character, so a page of the domain itself is refused. Add %q if it needs access too.", apex),
	}, true
}
