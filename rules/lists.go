package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/policy"
)

// lists checks the methods and headers of a policy.
func (c *checker) lists(s *policy.Settings, environment string) {
	for _, found := range []diag.List{
		anyWithCredentials(s), starWithoutAuthorization(s), methods(s), requestHeaders(s), exposedHeaders(s), contentType(s),
	} {
		for _, d := range found {
			c.add(d, "", environment)
		}
	}
}

// listQuestion is what the findings about the lists of an environment depend on:
// long ones are often inherited.
type listQuestion struct {
	methods, headers, exposed diag.Range
	credentials               bool
	environment               string // where an acceptance names it
}

func (c *checker) listQuestion(s *policy.Settings, environment string) listQuestion {
	q := listQuestion{s.AllowMethods.Range, s.AllowHeaders.Range, s.ExposeHeaders.Range, s.AllowCredentials.Value, ""}
	if slices.ContainsFunc(c.accepted, func(a *acceptance) bool { return a.risk.Environment == environment }) {
		q.environment = environment
	}
	return q
}

// remove is the fix that removes an entry.
func remove(item policy.Item) *diag.Fix { return &diag.Fix{Range: item.Range, Old: item.Text} }

// find returns the first entry of a list with the name, in any case.
func find(list policy.Attr[[]policy.Item], name string) (policy.Item, bool) {
	i := slices.IndexFunc(list.Value, func(item policy.Item) bool { return strings.EqualFold(item.Text, name) })
	if i < 0 {
		return policy.Item{}, false
	}
	return list.Value[i], true
}

func oneOf(item policy.Item, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(item.Text, name) })
}

// anyWithCredentials finds wildcards that become a repetition of the request.
func anyWithCredentials(s *policy.Settings) diag.List {
	if !s.AllowCredentials.Value {
		return nil
	}
	var found diag.List
	related := []diag.Related{{Message: "credentials are allowed here", Range: s.AllowCredentials.Range}}
	if star, ok := find(s.AllowHeaders, "*"); ok {
		found = append(found, diag.Diagnostic{
			Code: "C209", Severity: diag.Warning, Range: star.Range, Related: related,
			Summary: "Any request header together with credentials",
			Detail: `A script of an allowed origin may set whatever header the application trusts, such as X-Forwarded-For, X-HTTP-Method-Override or that of a CSRF check, on requests with the user's cookies. ` +
				`List the headers that are needed, such as ["Content-Type"], or accept the risk: ` + acceptListRisk("any-header-with-credentials"),
		})
	}
	if star, ok := find(s.AllowMethods, "*"); ok {
		found = append(found, diag.Diagnostic{
			Code: "C210", Severity: diag.Warning, Range: star.Range, Related: related,
			Summary: "Any method together with credentials",
			Detail: `A script of an allowed origin may send whatever method the application or a server before it knows, such as DELETE, PURGE or PROPPATCH, with the user's cookies. ` +
				`List the methods that are needed, such as ["PUT", "DELETE"], or accept the risk: ` + acceptListRisk("any-method-with-credentials"),
		})
	}
	return found
}

func acceptListRisk(slug string) string {
	return fmt.Sprintf(`accept_risk %q { reason, owner, expires }.`, slug)
}

// starWithoutAuthorization finds a wildcard that leaves out what its author may
// think it covers (https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name).
func starWithoutAuthorization(s *policy.Settings) diag.List {
	star, ok := find(s.AllowHeaders, "*")
	if !ok || len(s.AllowHeaders.Value) > 1 || s.AllowCredentials.Value { // of what stands beside it C302 says the same
		return nil
	}
	d := diag.Diagnostic{
		Code: "C301", Severity: diag.Warning, Range: star.Range,
		Summary: `"*" in allow_headers does not cover Authorization`,
		Detail: `By the standard a browser refuses a request whose script sets Authorization, as for a bearer token, unless the header is listed by name. ` +
			`Write ["*", "Authorization"], or only the headers that are needed.`,
	}
	if !s.AllowCredentials.Varies { // with credentials the wildcard stands alone
		d.Fix = &diag.Fix{Range: star.Range, Old: star.Text, New: []string{star.Text, "Authorization"}}
	}
	return diag.List{d}
}

// safelistedMethods need no preflight
// (https://fetch.spec.whatwg.org/#cors-safelisted-method).
var safelistedMethods = []string{"GET", "HEAD", "POST"}

// methods finds what allow_methods lists, or leaves out, without any effect. GET,
// HEAD and POST are safelisted too, but a reader expects them in the list.
func methods(s *policy.Settings) diag.List {
	var found diag.List
	for _, item := range s.AllowMethods.Value {
		if strings.EqualFold(item.Text, "OPTIONS") {
			found = append(found, diag.Diagnostic{
				Code: "C308", Severity: diag.Note, Range: item.Range, Fix: remove(item),
				Summary: "OPTIONS need not be listed",
				Detail:  `A preflight is itself an OPTIONS request and asks for another method. Only a script that calls fetch with the method OPTIONS would need it. Remove it.`,
			})
		}
	}
	if d, ok := simpleMethods(s); ok {
		found = append(found, d)
	}
	return found
}

// simpleMethods finds lists whose author seems to think that they block GET or
// POST: some safelisted methods are listed, as if that mattered, and these are
// not. HEAD is left out by everybody, to no harm.
func simpleMethods(s *policy.Settings) (diag.Diagnostic, bool) {
	var missing []string
	a := s.AllowMethods
	for _, name := range []string{"GET", "POST"} {
		if _, ok := find(a, name); !ok {
			missing = append(missing, name)
		}
	}
	listed := slices.ContainsFunc(a.Value, func(item policy.Item) bool { return oneOf(item, safelistedMethods) })
	if _, star := find(a, "*"); !listed || star || len(missing) == 0 {
		return diag.Diagnostic{}, false
	}
	names, them := missing[0], "it"
	if len(missing) == 2 {
		names, them = "GET and POST", "them"
	}
	refuse := fmt.Sprintf("Where %s from another site must do nothing, refuse %s in the handler", names, them)
	if !s.OriginGate.Value {
		refuse += ", or set origin_gate = true"
	}
	return diag.Diagnostic{
		Code: "C212", Severity: diag.Note, Range: a.Range,
		Summary: fmt.Sprintf("Leaving out %s does not block %s", names, them),
		Detail:  "Browsers send GET, HEAD and POST as a form could, without asking first, whatever the list says; it decides about other methods alone. " + refuse + ".",
	}, true
}

func notNeeded(item policy.Item, why string) diag.Diagnostic {
	return diag.Diagnostic{
		Code: "C307", Severity: diag.Note, Range: item.Range, Fix: remove(item),
		Summary: fmt.Sprintf("%q need not be listed", item.Text),
		Detail:  why + " Remove it.",
	}
}

// The headers of Private Network Access, which browsers have given up
// (https://wicg.github.io/local-network-access/).
var privateNetworkHeaders = []string{
	"Access-Control-Request-Private-Network", "Access-Control-Allow-Private-Network", "Private-Network-Access-Id", "Private-Network-Access-Name",
}

// privateNetwork notes a header that browsers do not know any more.
func privateNetwork(item policy.Item) diag.Diagnostic {
	return diag.Diagnostic{
		Code: "C317", Severity: diag.Note, Range: item.Range,
		Summary: "The Private Network Access headers are gone",
		Detail:  `Browsers have given up this preflight: before a public site reaches a private network they ask the user (Local Network Access), and no header of the server has a say. Remove it.`,
	}
}

// languageHeaders are safelisted for every value that they can have. Accept,
// Content-Type and Range are so for some values only
// (https://fetch.spec.whatwg.org/#cors-safelisted-request-header).
var languageHeaders = []string{"Accept-Language", "Content-Language"}

func requestHeaders(s *policy.Settings) diag.List {
	var found diag.List
	for _, item := range s.AllowHeaders.Value {
		switch {
		case oneOf(item, languageHeaders):
			found = append(found, notNeeded(item, "Browsers let every script set this header without asking."))
		case oneOf(item, privateNetworkHeaders):
			found = append(found, privateNetwork(item))
		}
	}
	return found
}

var (
	// safelistedResponseHeaders are of
	// https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name.
	safelistedResponseHeaders = []string{"Cache-Control", "Content-Language", "Content-Length", "Content-Type", "Expires", "Last-Modified", "Pragma"}

	// secretHeaders carry what lets its holder act for a user. Tokens against CSRF
	// do not by themselves.
	secretHeaders = []string{
		"Authorization", "Proxy-Authorization", "Api-Key", "X-Api-Key", "Access-Token", "X-Access-Token", "Auth-Token", "X-Auth-Token",
		"Refresh-Token", "X-Refresh-Token", "Session-Token", "X-Session-Token", "X-Amz-Security-Token",
	}
)

func exposedHeaders(s *policy.Settings) diag.List {
	var found diag.List
	for _, item := range s.ExposeHeaders.Value {
		switch {
		case oneOf(item, safelistedResponseHeaders):
			found = append(found, notNeeded(item, "Browsers show this header to every script that may read the response."))
		case oneOf(item, privateNetworkHeaders):
			found = append(found, privateNetwork(item))
		case oneOf(item, secretHeaders):
			found = append(found, diag.Diagnostic{
				Code: "C217", Severity: diag.Warning, Range: item.Range,
				Summary: fmt.Sprintf("%q carries a secret, and scripts may read it", item.Text),
				Detail: `Every script of an allowed origin, also one that an attacker has slipped into a page there, can read the token, keep it and use it from elsewhere. ` +
					`Send it in an HttpOnly cookie, or in the body of the one response that is for it, or accept the risk: ` + acceptListRisk("exposes-secret"),
			})
		}
	}
	return found
}

// contentType finds policies whose methods usually have a body, and that do not
// allow what most bodies need: PUT and PATCH have one, DELETE and POST may have
// one that needs it.
func contentType(s *policy.Settings) diag.List {
	if _, ok := find(s.AllowHeaders, "Content-Type"); ok {
		return nil
	}
	if _, ok := find(s.AllowHeaders, "*"); ok {
		return nil
	}
	for _, name := range []string{"PUT", "PATCH", "POST", "DELETE", "*"} {
		item, ok := find(s.AllowMethods, name)
		if !ok {
			continue
		}
		d := diag.Diagnostic{
			Code: "C311", Severity: diag.Note, Range: item.Range,
			Summary: fmt.Sprintf("%q is allowed, and Content-Type is not", item.Text),
			Detail: `A browser refuses to send a JSON body, with any method, unless allow_headers lists Content-Type. ` +
				`Write allow_headers = ["Content-Type"] if requests have one.`,
		}
		if name == "PUT" || name == "PATCH" {
			d.Severity = diag.Warning
			d.Detail = `A browser refuses to send a JSON body, or any other but a form or plain text, unless allow_headers lists Content-Type. ` +
				`Add "Content-Type" to allow_headers, or accept that requests have no such body: ` + acceptListRisk("content-type-missing")
		}
		return diag.List{d}
	}
	return nil
}
