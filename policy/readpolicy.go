package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/corsgen/corsgen/diag"
)

var settingNames = []string{
	"description", "allow_origins", "allow_methods", "allow_headers", "expose_headers",
	"allow_credentials", "max_age", "preflight_status", "origin_gate",
}

var policyType = &bodyType{
	name: "a policy",
	schema: hcl.BodySchema{
		Attributes: attributes(settingNames...),
		Blocks: []hcl.BlockHeaderSchema{
			{Type: "environment", LabelNames: []string{"name"}},
			{Type: "accept_risk", LabelNames: []string{"rule"}},
		},
	},
}

var environmentType = &bodyType{
	name:   "an environment of a policy",
	schema: hcl.BodySchema{Attributes: attributes(settingNames...)},
}

var riskType = &bodyType{
	name:   "an accept_risk block",
	schema: hcl.BodySchema{Attributes: attributes("origins", "reason", "owner", "expires", "environment")},
}

// readPolicies reads policy blocks, and returns their names with their places.
func (l *loader) readPolicies(blocks []*hcl.Block) map[string]hcl.Range {
	seen := map[string]hcl.Range{}
	for _, b := range blocks {
		name, at := b.Labels[0], labelRange(b)
		l.checkGoName(name, at)
		p := l.readPolicy(b)
		if l.once(seen, "policies", name, at) {
			l.program.Policies = append(l.program.Policies, p)
		}
	}
	return seen
}

// checkGoName reports a name that the language does not take for what becomes a
// Go function.
func (l *loader) checkGoName(name string, at hcl.Range) {
	if l.checkName(name, at) && strings.HasSuffix(name, "_in") {
		l.fail(codeValue, at, fmt.Sprintf("The name %s ends in \"_in\"", quote(name)), "In generated Go it would be one with the function that chooses an environment, such as AppIn. Choose another name.")
	}
}

func (l *loader) readPolicy(b *hcl.Block) Policy {
	content := l.content(b.Body, policyType)
	p := Policy{Name: b.Labels[0], Range: place(labelRange(b)), Settings: l.settings(content.Attributes)}
	if content.Attributes["allow_origins"] == nil {
		l.fail(codeMissing, labelRange(b), fmt.Sprintf("The policy %s has no allow_origins", quote(p.Name)), "Say which origins may read responses, such as allow_origins = [\"https://app.example.com\"].")
	}
	seen := map[string]hcl.Range{}
	for _, c := range content.Blocks {
		if c.Type == "accept_risk" {
			l.readRisk(&p, c)
			continue
		}
		name, at := c.Labels[0], labelRange(c)
		settings := l.settings(l.content(c.Body, environmentType).Attributes)
		known := l.checkEnvironment(name, at)
		if l.once(seen, "environment blocks", name, at) && known {
			p.Environments = append(p.Environments, Environment{Name: name, Settings: settings, Range: place(at)})
		}
	}
	return p
}

// settings reads the attributes that policies and their environments share.
func (l *loader) settings(attrs hcl.Attributes) Settings {
	var s Settings
	for _, a := range inOrder(attrs) {
		switch a.Name {
		case "description":
			s.Description = l.text(a)
		case "allow_origins":
			s.AllowOrigins = l.origins(a)
		case "allow_methods":
			s.AllowMethods = l.items(a)
		case "allow_headers":
			s.AllowHeaders = l.items(a)
		case "expose_headers":
			s.ExposeHeaders = l.items(a)
		case "allow_credentials":
			s.AllowCredentials = l.bool(a)
		case "max_age":
			s.MaxAge = l.number(a)
		case "preflight_status":
			s.PreflightStatus = l.number(a)
		case "origin_gate":
			s.OriginGate = l.bool(a)
		}
	}
	return s
}

func (l *loader) readRisk(p *Policy, b *hcl.Block) {
	attrs := l.content(b.Body, riskType).Attributes
	rule, ok := l.riskRule(b)
	r := AcceptedRisk{Rule: rule, Range: place(labelRange(b)), Block: place(blockRange(b))}
	for _, a := range inOrder(attrs) {
		switch a.Name {
		case "origins":
			r.Origins = l.riskOrigins(a)
		case "reason":
			r.Reason = l.riskText(a)
		case "owner":
			r.Owner = l.riskText(a)
		case "expires":
			r.Expires, r.ExpiresRange = l.riskDate(a), place(a.Expr.Range())
		case "environment":
			if t := l.text(a); t.Set && l.checkEnvironment(t.Value, a.Expr.Range()) {
				r.Environment = t.Value
			}
		}
	}
	if ok && l.riskComplete(b, attrs, r) {
		p.Accepted = append(p.Accepted, r)
	}
}

// riskOrigins returns the origins of a block, and reports texts that are none:
// no policy can have such an entry.
func (l *loader) riskOrigins(a *hcl.Attribute) []Item {
	texts, spots, _, _ := l.elements(a)
	var list []Item
	for i, t := range texts {
		if l.full() {
			break
		}
		if _, err := l.patterns.parse(t); err != nil {
			l.badOrigin(t, err, spots[i])
		}
		list = append(list, Item{Text: t, Range: place(spots[i].at)})
	}
	return list
}

// riskRule returns the rule that the block names, and reports one that does not
// exist or cannot be accepted.
func (l *loader) riskRule(b *hcl.Block) (diag.Rule, bool) {
	name, at := b.Labels[0], labelRange(b)
	rule, ok := diag.LookupRule(name)
	if !ok {
		known := riskNames()
		l.fail(codeUnknown, at, fmt.Sprintf("There is no rule %s", quote(name)), didYouMean(name, known), "Name a rule by its code or its name; corsgen rules lists them.")
		return rule, false
	}
	if !rule.Risk {
		why := "It finds errors of meaning, which no reason can put right: correct the policy instead."
		if rule.Severity != diag.Error {
			why = "It does not stop anything, so there is nothing to accept: remove the block."
		}
		l.fail(codeValue, at, fmt.Sprintf("The rule %s (%s) cannot be accepted", rule.Code, rule.Slug), why)
		return rule, false
	}
	return rule, true
}

// riskNames returns the codes and slugs of the rules that can be accepted.
func riskNames() []string {
	var names []string
	for _, r := range diag.Rules() {
		if r.Risk {
			names = append(names, r.Code, r.Slug)
		}
	}
	return names
}

// riskText returns a text that must not be blank; a blank one is reported.
func (l *loader) riskText(a *hcl.Attribute) string {
	t := l.text(a)
	if t.Set && strings.TrimSpace(t.Value) == "" {
		l.fail(codeAcceptance, a.Expr.Range(), fmt.Sprintf("%s is empty", quote(a.Name)), "An accepted risk says why, who answers for it, and until when.")
	}
	return t.Value
}

// riskDate returns the date that an attribute holds, and reports what is none, for
// which it returns the zero time.
func (l *loader) riskDate(a *hcl.Attribute) time.Time {
	text := l.riskText(a)
	if strings.TrimSpace(text) == "" { // reported already
		return time.Time{}
	}
	date, err := time.Parse(time.DateOnly, text)
	if err != nil || date.IsZero() {
		l.fail(codeValue, a.Expr.Range(), fmt.Sprintf("%s is not a date", quote(text)), "Write the last day on which the risk is accepted as YYYY-MM-DD, such as expires = \"2027-06-30\".")
	}
	return date
}

// riskComplete reports what an accept_risk block lacks.
func (l *loader) riskComplete(b *hcl.Block, attrs hcl.Attributes, r AcceptedRisk) bool {
	var missing []string
	for _, name := range []string{"reason", "owner", "expires"} {
		if attrs[name] == nil {
			missing = append(missing, name)
		}
	}
	if r.Rule.OfOrigins && attrs["origins"] == nil {
		missing = slices.Insert(missing, 0, "origins")
	}
	if len(missing) > 0 {
		l.fail(codeAcceptance, labelRange(b), "The accepted risk lacks "+strings.Join(missing, ", "), "An accepted risk says for which origins it is, why, who answers for it, and until when.")
		return false
	}
	if a := attrs["origins"]; a != nil && !r.Rule.OfOrigins {
		l.fail(codeValue, a.Expr.Range(), fmt.Sprintf("The rule %s (%s) is not about origins", r.Rule.Code, r.Rule.Slug), "It is accepted for the policy as a whole, whichever origins it allows. Remove the attribute.")
		return false
	}
	if a := attrs["origins"]; r.Rule.OfOrigins && len(r.Origins) == 0 {
		l.fail(codeAcceptance, a.Expr.Range(), "The list of origins is empty", "Name the origins that the risk is accepted for, as the policy writes them.")
		return false
	}
	return !r.Expires.IsZero() // of a date that is none has been told
}
