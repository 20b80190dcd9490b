// Package diff compares two programs by what a browser may do: which origins may
// send which requests, and read what. How a policy is written does not matter;
// order, layout and origins that others cover make no difference.
package diff

import (
	"slices"

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
	Subjects []Subject // policies, then routes and sites, then environments
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

// Kind is the kind of a subject.
type Kind string

// The kinds of subjects.
const (
	KindPolicy      Kind = "policy"
	KindSite        Kind = "site"
	KindRoute       Kind = "route"
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

// Subject is a policy, a route, a site or an environment that changed, in some
// environments.
type Subject struct {
	Kind         Kind
	State        State
	Name         string   // of a route, that of its site; of what was removed, the old one
	OldName      string   // of what was renamed
	Path         string   // of a route
	OldPolicy    string   // of a route; "" for none
	NewPolicy    string   // of a route; "" for none
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

// Compare returns what tells two programs apart.
func Compare(old, new *ir.Program) *Diff {
	c := &comparison{old: old, new: new, names: map[string]string{}, unions: map[*ir.Pattern]*origin.Union{}, minus: map[pair][]origin.Part{}}
	c.pairEnvironments()
	c.policies()
	c.sites()
	c.environmentSubjects()
	return &Diff{Subjects: c.subjects}
}

// comparison is the state of one Compare.
type comparison struct {
	old, new     *ir.Program
	environments []string          // of both, the base first
	names        map[string]string // of policies: the new name by the old one
	subjects     []Subject
	unions       map[*ir.Pattern]*origin.Union // by the first pattern of a list, which environments share
	minus        map[pair][]origin.Part
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
	for _, environment := range c.environments {
		before, after := c.side(old, environment), c.side(new, environment)
		changes := c.changes(before, after)
		if len(changes) == 0 {
			continue
		}
		at := slices.IndexFunc(groups, func(g Subject) bool { return sameChanges(g.Changes, changes) })
		if at < 0 {
			at = len(groups)
			g := s
			g.Changes, g.old, g.new, g.Environments = changes, before, after, nil
			groups = append(groups, g)
		}
		groups[at].Environments = append(groups[at].Environments, environment)
	}
	for i := range groups {
		groups[i].Everywhere = len(groups[i].Environments) == len(c.environments)
	}
	c.subjects = append(c.subjects, groups...)
}

func sameChanges(a, b []Change) bool {
	return slices.EqualFunc(a, b, func(a, b Change) bool {
		sameOrigins := len(a.Origins) == len(b.Origins) && (len(a.Origins) == 0 || &a.Origins[0] == &b.Origins[0])
		return a.Effect == b.Effect && a.Aspect == b.Aspect && sameOrigins && slices.Equal(a.Names, b.Names) && a.Old == b.Old && a.New == b.New
	})
}
