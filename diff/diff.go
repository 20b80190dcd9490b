// Package diff compares two programs by what a browser may do: which origins may
// send which requests, and read what. How a policy is written does not matter;
// order, layout and origins that others cover make no difference.
package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/origin"
)

// Effect says which way a change goes.
type Effect uint8

// The effects, in the order of their weight.
const (
	Neutral Effect = iota // a browser may do the same
	Narrows               // a browser may do less
	Widens                // a browser may do more
)

// String returns "neutral", "narrows" or "widens".
func (e Effect) String() string { return [...]string{"neutral", "narrows", "widens"}[e] }

// Code is the rule that a widening change comes under.
const Code = "C608"

// Diff is what tells two programs apart. It is safe for concurrent use.
type Diff struct {
	Subjects []Subject // policies, then routes and sites, then environments, then targets
	Findings diag.List // of the new program and not of the old one; the caller's to fill in
	Accepted []Acceptance
}

// Acceptance is a risk that the new program accepts and the old one does not.
type Acceptance struct {
	Policy, Code, Slug     string
	Origins                []string
	Environment            string // "" for all
	Reason, Owner, Expires string // the author's words, any characters; a date, YYYY-MM-DD
}

// Target is a place that both programs are generated for, and the environments
// that they have there; "" is the base.
type Target struct{ Name, OldEnvironment, NewEnvironment string }

// Kind is the kind of a subject.
type Kind string

// The kinds of subjects.
const (
	KindPolicy      Kind = "policy"
	KindSite        Kind = "site"
	KindRoute       Kind = "route"
	KindTarget      Kind = "target"
	KindEnvironment Kind = "environment"
)

// State says what became of a subject.
type State string

// The states of a subject.
const (
	Changed State = "changed"
	Added   State = "added"
	Removed State = "removed"
	Renamed State = "renamed"
)

// Subject is a policy, a route, a site, an environment or a target that changed,
// in some environments.
type Subject struct {
	Kind         Kind
	State        State
	Name         string   // of a route, that of its site; of a target, that of a policy; of what was removed, the old one
	OldName      string   // of what was renamed
	Path         string   // of a route
	OldPolicy    string   // of a route; "" for none
	NewPolicy    string   // of a route; "" for none
	Target       Target   // of a target
	Environments []string // where the changes are; "" for the base
	Everywhere   bool     // Environments are all that there are
	Routes       []string // of a policy: where the new program uses it, site and path
	Changes      []Change

	old, new side
}

// Effect returns the weightiest effect of the changes.
func (s *Subject) Effect() Effect {
	e := Neutral
	for i := range s.Changes {
		e = max(e, s.Changes[i].Effect)
	}
	return e
}

// Aspect is what a change is about.
type Aspect string

// The aspects, in the order in which they are told.
const (
	Origins     Aspect = "origins"
	Credentials Aspect = "credentials"
	Methods     Aspect = "methods"
	Headers     Aspect = "request headers"
	Exposed     Aspect = "exposed headers"
	Gate        Aspect = "origin gate"
	MaxAge      Aspect = "max age"
	Status      Aspect = "preflight status"
)

// Change is one thing that a browser may do now and could not before, or the
// reverse, or that it notices and does the same. Either Origins, Names or Old and
// New say what.
type Change struct {
	Effect   Effect
	Aspect   Aspect
	Origins  []origin.Part // newly allowed, or no longer
	Names    []string      // of methods or headers, newly allowed or no longer; "*" is any
	Old, New string        // values; "" for none
	Src      diag.Range    // in the new program, or zero
}

// Effect returns the weightiest effect of all subjects.
func (d *Diff) Effect() Effect {
	e := Neutral
	for i := range d.Subjects {
		e = max(e, d.Subjects[i].Effect())
	}
	return e
}

// Same reports whether a browser may do the same by both programs and notices no
// difference.
func (d *Diff) Same() bool { return len(d.Subjects) == 0 }

// Compare returns what tells two programs apart, and what it means for targets
// that they are for another environment now.
func Compare(old, new *ir.Program, targets ...Target) *Diff {
	c := &comparison{
		old: old, new: new, oldPolicies: byName(old.Policies), newPolicies: byName(new.Policies), routes: routes(new),
		names: map[string]string{}, oldNames: map[string]string{},
		unions: map[*ir.Pattern]*origin.Union{}, minus: map[pair][]origin.Part{},
	}
	c.pairEnvironments()
	c.policies()
	c.sites()
	c.environmentSubjects()
	c.targets(targets)
	return &Diff{Subjects: c.subjects}
}

// comparison is the state of one Compare.
type comparison struct {
	old, new                 *ir.Program
	oldPolicies, newPolicies map[string]*ir.Policy
	routes                   map[int][]string  // of the new program, by policy
	environments             []string          // of both, the base first
	names, oldNames          map[string]string // of renamed policies: the new name by the old one, and the reverse
	subjects                 []Subject
	unions                   map[*ir.Pattern]*origin.Union // by the first pattern of a list, which environments share
	minus                    map[pair][]origin.Part
}

type pair struct{ a, b *origin.Union }

func (c *comparison) pairEnvironments() {
	c.environments = []string{""}
	for _, name := range slices.Concat(c.old.Environments, c.new.Environments) {
		if !slices.Contains(c.environments, name) {
			c.environments = append(c.environments, name)
		}
	}
}

// environmentSubjects tells of environments that one program alone has. What its
// policies allow there is compared with the base of the other program.
func (c *comparison) environmentSubjects() {
	for _, name := range c.environments[1:] {
		s := Subject{Kind: KindEnvironment, State: Removed, Name: name}
		if slices.Contains(c.new.Environments, name) {
			s.State = Added
		}
		if s.State == Removed || !slices.Contains(c.old.Environments, name) {
			c.subjects = append(c.subjects, s)
		}
	}
}

// compare adds a subject for each group of environments in which the policies
// differ alike. A nil policy allows nothing.
func (c *comparison) compare(s Subject, old, new *ir.Policy) {
	var groups []Subject
	known := map[string]int{}
	for _, environment := range c.environments {
		g := s
		if !c.fill(&g, c.side(old, environment), c.side(new, environment)) {
			continue
		}
		key := g.key()
		at, ok := known[key]
		if !ok {
			at = len(groups)
			known[key] = at
			groups = append(groups, g)
		}
		groups[at].Environments = append(groups[at].Environments, environment)
	}
	for i := range groups {
		groups[i].Everywhere = len(groups[i].Environments) == len(c.environments)
	}
	c.subjects = append(c.subjects, groups...)
}

// fill gives s what tells two sides apart, and reports whether anything does.
func (c *comparison) fill(s *Subject, old, new side) bool {
	s.Changes, s.old, s.new = c.changes(old, new), old, new
	return len(s.Changes) > 0
}

// key is a text that is the same for subjects of which the same is told: an origin
// that is new with cookies in one environment and without in another is told
// twice.
func (s *Subject) key() string {
	var b strings.Builder
	for i := range s.Changes {
		c := &s.Changes[i]
		fmt.Fprintf(&b, "%d %s %q %s", c.Effect, c.Aspect, c.Names, s.Sentence(c))
		if len(c.Origins) > 0 {
			fmt.Fprintf(&b, " %p", &c.Origins[0]) // the same for the same two lists
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// targets tells what another environment lets in where a program is deployed. What
// became of the environments themselves is told of the policies.
func (c *comparison) targets(targets []Target) {
	for _, t := range targets {
		for i := range c.new.Policies {
			p := &c.new.Policies[i]
			s := Subject{Kind: KindTarget, State: Changed, Name: p.Name, Target: t, Everywhere: true}
			if c.fill(&s, c.side(p, t.OldEnvironment), c.side(p, t.NewEnvironment)) {
				c.subjects = append(c.subjects, s)
			}
		}
	}
}
