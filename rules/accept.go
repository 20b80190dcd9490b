package rules

import (
	"fmt"
	"slices"
	"time"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/policy"
)

// Acceptance is an accept_risk block and how it stands.
type Acceptance struct {
	Policy   string // the name of the policy that the block is in
	Risk     policy.AcceptedRisk
	Findings diag.List // what it accepts; sorted
	DaysLeft int       // until the last day of the acceptance; negative once it has expired
}

// subject is what an acceptance and a finding have in common.
type subject struct {
	code        string
	origin      string // as written; "" for rules that are not about origins
	environment string // "" for an acceptance in all of them
}

// acceptance is an accept_risk block and what it has accepted so far.
type acceptance struct {
	policy   string
	risk     *policy.AcceptedRisk
	varies   bool // with other values of the variables it may accept something else
	daysLeft int
	used     map[string]bool // origins
	findings diag.List
}

// newChecker returns a checker that knows the accept_risk blocks of a policy. Of
// two that accept the same, that which lasts longer does: the other one is to go.
func newChecker(p *policy.Policy, today time.Time) *checker {
	c := &checker{accepted: make([]*acceptance, len(p.Accepted)), lookup: map[subject]*acceptance{}, asked: map[question]bool{}, known: map[known]int{}}
	varies := dependsOnVariables(p)
	for i := range p.Accepted {
		risk := &p.Accepted[i]
		c.accepted[i] = &acceptance{policy: p.Name, risk: risk, varies: varies, daysLeft: daysUntil(risk.Expires, today), used: map[string]bool{}}
		for _, origin := range c.accepted[i].origins() {
			s := subject{risk.Rule.Code, origin, risk.Environment}
			if other := c.lookup[s]; other == nil || other.daysLeft < c.accepted[i].daysLeft {
				c.lookup[s] = c.accepted[i]
			}
		}
	}
	return c
}

// dependsOnVariables reports whether another value of a variable may give a policy
// other risks.
func dependsOnVariables(p *policy.Policy) bool {
	varies := func(s *policy.Settings) bool {
		return s.AllowOrigins.Varies || s.AllowCredentials.Varies || s.AllowMethods.Varies || s.AllowHeaders.Varies || s.ExposeHeaders.Varies
	}
	return varies(&p.Settings) || slices.ContainsFunc(p.Environments, func(e policy.Environment) bool { return varies(&e.Settings) })
}

// origins returns the origins of subjects that a accepts.
func (a *acceptance) origins() []string {
	if !a.risk.Rule.OfOrigins {
		return []string{""}
	}
	var names []string
	for _, item := range a.risk.Origins {
		names = append(names, item.Text)
	}
	return names
}

// acceptance returns the accept_risk block for findings about s, or nil.
func (c *checker) acceptance(s subject) *acceptance {
	here := c.lookup[s]
	s.environment = ""
	everywhere := c.lookup[s]
	if here == nil || everywhere != nil && everywhere.daysLeft > here.daysLeft {
		return everywhere
	}
	return here
}

func (a *acceptance) use(d diag.Diagnostic, origin string) {
	a.used[origin] = true
	a.findings = append(a.findings, d)
}

// acceptances returns how the accept_risk blocks stand, and reports those that
// have expired and those that accept nothing.
func (c *checker) acceptances() []Acceptance {
	var out []Acceptance
	for _, a := range c.accepted {
		if a.daysLeft < 0 {
			c.found = append(c.found, a.expired())
		}
		c.found = append(c.found, a.unused()...)
		out = append(out, Acceptance{Policy: a.policy, Risk: *a.risk, Findings: a.findings.Sorted(), DaysLeft: a.daysLeft})
	}
	return out
}

func (a *acceptance) expired() diag.Diagnostic {
	last := a.risk.Expires.Format(time.DateOnly)
	return diag.Diagnostic{
		Code:    "C602",
		Summary: fmt.Sprintf("The accepted risk expired on %s", last),
		Detail: fmt.Sprintf("That was the last day for %s (%s). Ask the owner, %q, whether the reason still holds: "+
			"if it does, write a new date; if it does not, mend the policy and remove the block.", a.risk.Rule.Code, a.risk.Rule.Slug, a.risk.Owner),
		Range: a.risk.ExpiresRange,
	}
}

// unused reports a block that accepts nothing, or else the origins for which it
// accepts nothing. There is no fix where it may be needed with other values of the
// variables.
func (a *acceptance) unused() diag.List {
	var found diag.List
	if len(a.used) == 0 {
		found = append(found, a.unusedBlock())
	} else if a.risk.Rule.OfOrigins {
		for _, item := range a.risk.Origins {
			if !a.used[item.Text] {
				found = append(found, a.unusedOrigin(item))
			}
		}
	}
	for i := range found {
		if a.varies {
			found[i].Detail += " The policy depends on variables: see that this holds for all their values."
			found[i].Fix = nil
		}
	}
	return found
}

func (a *acceptance) unusedBlock() diag.Diagnostic {
	return diag.Diagnostic{
		Code: "C603", Severity: diag.Warning,
		Summary: fmt.Sprintf("Nothing is accepted: the policy has no finding %s (%s)", a.risk.Rule.Code, a.risk.Rule.Slug),
		Detail:  "An acceptance that is left behind would let the risk come back without a review. Remove the block.",
		Range:   a.risk.Range,
		Fix:     &diag.Fix{Range: a.risk.Block},
	}
}

func (a *acceptance) unusedOrigin(item policy.Item) diag.Diagnostic {
	return diag.Diagnostic{
		Code: "C603", Severity: diag.Warning,
		Summary: fmt.Sprintf("Nothing is accepted for %q", item.Text),
		Detail: fmt.Sprintf("The policy has no finding %s (%s) for this origin, as written here. An acceptance that is left behind would let the risk come back without a review. "+
			"Remove the origin from the list, or write it as allow_origins does.", a.risk.Rule.Code, a.risk.Rule.Slug),
		Range: item.Range,
		Fix:   remove(item),
	}
}

// daysUntil returns the number of days from today to a date, which is negative
// if the date is past. The time of day does not count.
func daysUntil(date, today time.Time) int {
	y, m, d := today.Date()
	const day = 24 * 60 * 60
	return int(date.Unix()/day - time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/day)
}
