// Package ir is what every target prints: a program of decisions. It holds no
// CORS settings (methods, headers, max age); package compile has already turned
// those into a few ready-made responses, and says which one a request gets.
//
// A request is a preflight if its method is OPTIONS and it has a non-empty
// Origin and a non-empty Access-Control-Request-Method; every other request is
// actual (with an Origin) or non-CORS (without).
package ir

import (
	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/origin"
)

// Program is a compiled policy program.
type Program struct {
	Sources      []string   // base names of the policy files, sorted
	Environments []string   // declared names, in the author's order
	Policies     []Policy   // in the author's order
	Sites        []Site     // in the author's order
	DevProxies   []DevProxy // in the author's order
}

// Policy is one policy in every environment.
type Policy struct {
	Name     string
	Variants []Variant // the base, then one per environment of the program, in its order
	Src      diag.Range
}

// Variant is a policy as it stands in one environment, fully resolved.
type Variant struct {
	Environment string // "" for the base
	Description string // the author's words; may hold any character
	Origins     Origins
	Preflight   Branches // never reaches the upstream; Absent is unreachable
	Actual      Branches // actual and non-CORS requests
	Src         diag.Range
}

// Origins says which origins a variant allows: every one, or those of patterns.
type Origins struct {
	Any      bool // every non-empty value of any length; Patterns is nil
	Patterns []Pattern
}

// Pattern is an allowed pattern and where the author wrote it. Patterns that
// another one of the variant contains are left out, so far as origin.Reduce
// finds them.
type Pattern struct {
	origin.Pattern
	Src diag.Range
}

// Branches chooses a response by the request's Origin: allowed, refused, or
// absent (an empty value is absent).
type Branches struct {
	Allowed, Refused, Absent Response
}

// Response is a ready-made answer, or what is done to the upstream's.
type Response struct {
	Status int      // 0: the upstream's own; otherwise the upstream is not reached
	Set    []Header // each replaces what the upstream has set
	Delete []string // upstream headers to remove; holds the names in Set too
	Vary   []string // members merged into Vary
}

// Header is a response header that a policy sets.
type Header struct {
	Name  string // canonical
	Value Value
	Src   diag.Range // the attribute that it comes from
}

// Value is a header's value: a constant, or a part of the request.
type Value struct {
	Const string // where Echo is EchoNone
	Echo  Echo
}

// Echo says which part of the request a value repeats.
type Echo uint8

// The parts of a request that a response may repeat.
const (
	EchoNone    Echo = iota
	EchoOrigin       // the Origin, which has matched
	EchoMethod       // Access-Control-Request-Method if it is one token of at most MaxList bytes; otherwise the header is absent
	EchoHeaders      // Access-Control-Request-Headers if it is token *( OWS "," OWS token ) of at most MaxList bytes; otherwise the header is absent
)

// MaxList is the longest list, in bytes, that a header states or repeats.
const MaxList = 4000

// Owned are the response headers that a policy owns: whatever the upstream set
// of them is removed.
func Owned() []string {
	return []string{
		"Access-Control-Allow-Origin",
		"Access-Control-Allow-Credentials",
		"Access-Control-Allow-Methods",
		"Access-Control-Allow-Headers",
		"Access-Control-Allow-Private-Network",
		"Access-Control-Expose-Headers",
		"Access-Control-Max-Age",
	}
}

// Variant returns the policy as it stands in an environment; "" is the base.
func (p *Policy) Variant(environment string) (*Variant, bool) {
	for i := range p.Variants {
		if p.Variants[i].Environment == environment {
			return &p.Variants[i], true
		}
	}
	return nil, false
}
