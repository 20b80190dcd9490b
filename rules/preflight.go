package rules

import (
	"fmt"
	"slices"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/policy"
)

// settings checks what is not about one origin, in the base and in every
// environment. What an environment inherits is found again at the same place,
// and is one finding.
func (c *checker) settings(p *policy.Policy) {
	seen := map[listQuestion]bool{}
	for _, environment := range c.environments(p) {
		s := p.In(environment)
		if q := c.listQuestion(&s, environment); !seen[q] {
			seen[q] = true
			c.lists(&s, environment)
		}
		for _, check := range []func(*policy.Policy, *policy.Settings) (diag.Diagnostic, bool){
			bearerToken, ownOrigin, maxAgeCapped, maxAgeUnset,
		} {
			if d, ok := check(p, &s); ok {
				d.Severity = diag.Note
				c.add(d, "", environment)
			}
		}
	}
}

// environments returns the base and the environments that may differ from it, in
// their settings or in the risks that are accepted.
func (c *checker) environments(p *policy.Policy) []string {
	names := []string{""}
	for _, e := range p.Environments {
		names = append(names, e.Name)
	}
	for _, a := range c.accepted {
		names = append(names, a.risk.Environment)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// bearerToken notes credentials that may not be needed: a script that sets
// Authorization itself needs none
// (https://fetch.spec.whatwg.org/#credentials).
func bearerToken(_ *policy.Policy, s *policy.Settings) (d diag.Diagnostic, ok bool) {
	header, listed := find(s.AllowHeaders, "Authorization")
	if !s.AllowCredentials.Value || !listed {
		return d, false
	}
	return diag.Diagnostic{
		Code: "C213", Range: s.AllowCredentials.Range,
		Summary: "Credentials are not the token that a script sets",
		Detail: `allow_credentials is about what a browser adds by itself: cookies, TLS client certificates and the password of HTTP authentication. A bearer token that a script puts into Authorization goes through without it. ` +
			`If the application takes only such tokens, write allow_credentials = false: then no page can use a visitor's cookies.`,
		Related: []diag.Related{{Message: "scripts may set Authorization", Range: header.Range}},
	}, true
}

// ownOrigin notes that the gate also closes to pages of the same origin
// (https://fetch.spec.whatwg.org/#origin-header).
func ownOrigin(_ *policy.Policy, s *policy.Settings) (d diag.Diagnostic, ok bool) {
	if anyOrigin := slices.ContainsFunc(s.AllowOrigins.Value, func(o policy.Origin) bool { return o.Any }); !s.OriginGate.Value || anyOrigin {
		return d, false
	}
	return diag.Diagnostic{
		Code: "C220", Range: s.OriginGate.Range,
		Summary: "The gate is also for pages of the API's own origin",
		Detail: `Browsers send an Origin with every POST, PUT, PATCH and DELETE, also to the page's own origin, and one that is not listed is answered with 403. ` +
			`If pages are served from the origin of the API itself, list that origin too.`,
	}, true
}

// maxAgeCapped notes a max_age of which Chromium takes two hours, and WebKit ten
// minutes.
func maxAgeCapped(_ *policy.Policy, s *policy.Settings) (d diag.Diagnostic, ok bool) {
	if s.MaxAge.Value <= 7200 || s.MaxAge.Value > 86400 { // which is an error
		return d, false
	}
	return diag.Diagnostic{
		Code: "C314", Range: s.MaxAge.Range,
		Summary: fmt.Sprintf("Chromium takes 7200 of these %d seconds", s.MaxAge.Value),
		Detail: `Chrome, Edge and others of Chromium remember a preflight for two hours at most, Safari for ten minutes, only Firefox for up to a day; there, a change of the policy also takes as long to arrive. ` +
			`Write max_age = 7200, unless Firefox alone matters.`,
	}, true
}

// maxAgeUnset notes a policy with preflights that no browser remembers for long
// (https://fetch.spec.whatwg.org/#cors-preflight-fetch).
func maxAgeUnset(p *policy.Policy, s *policy.Settings) (d diag.Diagnostic, ok bool) {
	simple := !slices.ContainsFunc(s.AllowMethods.Value, func(item policy.Item) bool { return !oneOf(item, safelistedMethods) })
	if s.MaxAge.Set || simple && len(s.AllowHeaders.Value) == 0 { // no preflight could succeed
		return d, false
	}
	return diag.Diagnostic{
		Code: "C315", Range: p.Range,
		Summary: "Without max_age almost every call costs a preflight",
		Detail:  `Browsers then remember the answer to a preflight for 5 seconds, and ask again before the next call. Write max_age = 7200, the most that Chromium takes, or less where changes of the policy must arrive sooner.`,
	}, true
}
