// Package policy reads policy programs: HCL in, checked Go structs out, in which
// every value knows where the author wrote it. It is the only package that knows
// HCL and cty.
package policy

import (
	"time"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/origin"
)

// Program is a policy program as written: names resolved, expressions evaluated,
// each value checked by itself. What the values mean together is for package
// compile.
type Program struct {
	Dir          string   // the folder that holds the policy files; "" for standard input
	Sources      []string // base names of the policy files, sorted
	OriginFiles  []string // that origins blocks name, also where they cannot be read; relative to Dir, slash-separated
	Environments []Item   // declared names
	Policies     []Policy
	Sites        []Site
	DevProxies   []DevProxy
	Targets      []Target
	Tests        []Test // names are unique
}

// Policy is a policy block.
type Policy struct {
	Name         string
	Settings     Settings
	Environments []Environment
	Accepted     []AcceptedRisk
	Range        diag.Range // of the name label
}

// Environment is an environment block of a policy.
type Environment struct {
	Name     string
	Settings Settings
	Range    diag.Range // of the name label
}

// In returns the settings of the policy in an environment: what its block sets,
// the rest as in the policy. Without such a block they are those of the policy.
func (p *Policy) In(environment string) Settings {
	for i := range p.Environments {
		if e := &p.Environments[i]; e.Name == environment {
			return e.Settings.over(p.Settings)
		}
	}
	return p.Settings
}

// OriginLists returns every allow_origins, of policies and of their environments.
func (p *Program) OriginLists() []Attr[[]Origin] {
	var lists []Attr[[]Origin]
	for i := range p.Policies {
		lists = append(lists, p.Policies[i].Settings.AllowOrigins)
		for j := range p.Policies[i].Environments {
			lists = append(lists, p.Policies[i].Environments[j].Settings.AllowOrigins)
		}
	}
	return lists
}

// Settings are the attributes that a policy block and its environment blocks
// share.
type Settings struct {
	Description      Attr[string]
	AllowOrigins     Attr[[]Origin]
	AllowMethods     Attr[[]Item]
	AllowHeaders     Attr[[]Item]
	ExposeHeaders    Attr[[]Item]
	AllowCredentials Attr[bool]
	MaxAge           Attr[int] // seconds, not checked for range
	PreflightStatus  Attr[int] // not checked for range
	OriginGate       Attr[bool]
}

// over returns s, with what it leaves out as in base.
func (s Settings) over(base Settings) Settings {
	return Settings{
		Description:      either(s.Description, base.Description),
		AllowOrigins:     either(s.AllowOrigins, base.AllowOrigins),
		AllowMethods:     either(s.AllowMethods, base.AllowMethods),
		AllowHeaders:     either(s.AllowHeaders, base.AllowHeaders),
		ExposeHeaders:    either(s.ExposeHeaders, base.ExposeHeaders),
		AllowCredentials: either(s.AllowCredentials, base.AllowCredentials),
		MaxAge:           either(s.MaxAge, base.MaxAge),
		PreflightStatus:  either(s.PreflightStatus, base.PreflightStatus),
		OriginGate:       either(s.OriginGate, base.OriginGate),
	}
}

// Attr is an attribute that may be absent.
type Attr[T any] struct {
	Value T
	Set   bool
	// Varies says that the value depends on a variable: another value of that
	// gives another one.
	Varies bool
	Range  diag.Range // of the value's expression
}

func either[T any](first, second Attr[T]) Attr[T] {
	if first.Set {
		return first
	}
	return second
}

// Item is a text in a list, with its place.
type Item struct {
	Text  string // not checked for syntax; any bytes
	Range diag.Range
}

// Origin is an entry of allow_origins: every origin, or a pattern.
type Origin struct {
	Any     bool
	Pattern origin.Pattern // where not Any
	Range   diag.Range
}

// AcceptedRisk is an accept_risk block: a reviewed exception to one rule in one
// policy.
type AcceptedRisk struct {
	Rule    diag.Rule
	Origins []Item // the origins meant, as written; empty for rules that are not about origins
	// Environment restricts the exception to one environment; "" means all.
	Environment   string
	Reason, Owner string
	Expires       time.Time // the last day of the exception, its start in UTC
	ExpiresRange  diag.Range
	Range         diag.Range // of the rule label
	Block         diag.Range // of all of the block; in JSON syntax from its label
}

// Site is a site block: several policies on one host, by path.
type Site struct {
	Name   string
	Routes []Route    // in the author's order, no path twice
	Range  diag.Range // of the name label
}

// Route is a route block of a site.
type Route struct {
	// Path is absolute and in normal form: "/", and segments of ASCII, none of
	// them empty, "." or "..". With a "/" at its end it stands for all below too.
	Path   string
	Policy string     // the name of a policy of the program
	Range  diag.Range // of the path label
}

// DevProxy is a dev_proxy block: what a development server passes on to another
// server.
type DevProxy struct {
	Name        string
	Paths       []Item     // as a Route's, at least one, none of them "/", no path twice in a program
	Upstream    string     // "http://host", "https://host:8443", as the Origin of its pages
	StripPrefix bool       // every path then ends in "/"
	Range       diag.Range // of the name label
}

// Test is a test block: what a browser must do with a request, once for each of
// its origins and methods.
type Test struct {
	Name            string // printable
	Policy, Site    string // the name of a policy or site of the program; the other is ""
	Path            string // with Site: the path as it goes over the wire
	Environment     string // "" if not given
	Origins         []Item // of pages; at least one
	Methods         []Item // none if not given; not checked for syntax
	Headers         []Field
	Credentials     string       // "" if not given
	Mode            string       // "" if not given
	Expect          Attr[string] // "allowed" or "blocked"
	Reason          Attr[string] // a word of package reason
	Preflight       Attr[bool]   // one is sent
	ReadableHeaders Attr[[]Item]
	Range           diag.Range // of the name label
}

// Field is a header of a test.
type Field struct {
	Name, Value string     // not checked for syntax; any bytes
	Range       diag.Range // of the value
}

// Target is a target block: one output.
type Target struct {
	Kind         string // its label, such as "nginx"; checked against the known kinds
	Path         string // the folder to write to, relative to Program.Dir; local, slash-separated
	Environment  string // "" if not given
	Package      string // go only; "" if not given
	Framework    string // go only; "gin" or "echo", "" if not given
	Observe      bool   // go only
	FreshWriters bool   // go only
	Prefix       string // nginx only; "" if not given
	Module       string // node only; "esm" or "commonjs", "" if not given
	Context      string // apache only; "vhost", "location" or "htaccess", "" if not given
	// ServerVersion is the version of the server, such as "2.4.66"; "" if not given.
	ServerVersion      string
	ServerVersionRange diag.Range // of its value
	Range              diag.Range // of the label
	PathRange          diag.Range
}
