// Package eval runs a program of decisions on a request. It is the reference
// that every target is tested against, so it is written to be obviously right.
package eval

import (
	"strings"

	"github.com/corsgen/corsgen/ir"
)

// Class is the class of a request.
type Class string

// The classes.
const (
	Preflight Class = "preflight"
	Actual    Class = "actual"
	NonCORS   Class = "non-cors"
)

// Field is a header field line.
type Field struct{ Name, Value string }

// Decision is what a policy answers to a request.
type Decision struct {
	Class   Class
	Allowed bool     // the response carries Access-Control-Allow-Origin
	Status  int      // 0: the upstream's own
	Set     []Field  // replace what the upstream set
	Delete  []string // upstream headers to remove
	Vary    []string // members merged into Vary
}

// Evaluator answers requests by one variant of a policy. It is safe for
// concurrent use.
type Evaluator struct {
	variant *ir.Variant
	exact   map[string]*ir.Pattern
	wild    []*ir.Pattern
}

// New returns an Evaluator for v, which must not change afterwards.
func New(v *ir.Variant) *Evaluator {
	e := &Evaluator{variant: v, exact: map[string]*ir.Pattern{}}
	for i := range v.Origins.Patterns {
		p := &v.Origins.Patterns[i]
		if p.Exact() {
			e.exact[p.String()] = p
		} else {
			e.wild = append(e.wild, p)
		}
	}
	return e
}

// Decide answers a request. Repeated lines of a field are joined by ", ", empty
// ones too, so that no origin is in several lines; blanks around a value do not
// count, and an empty value counts as absent.
func (e *Evaluator) Decide(method string, fields []Field) Decision {
	origin := value(fields, "Origin")
	requestMethod := value(fields, "Access-Control-Request-Method")
	requestHeaders := value(fields, "Access-Control-Request-Headers")

	class, branches := classify(method, fields), &e.variant.Actual
	if class == Preflight {
		branches = &e.variant.Preflight
	}
	response := &branches.Refused
	switch {
	case origin == "":
		response = &branches.Absent
	case e.allows(origin):
		response = &branches.Allowed
	}

	d := Decision{Class: class, Status: response.Status, Delete: response.Delete, Vary: response.Vary}
	for _, h := range response.Set {
		v, ok := h.Value.Const, true
		switch h.Value.Echo {
		case ir.EchoOrigin:
			v = origin
		case ir.EchoMethod:
			v, ok = requestMethod, len(requestMethod) <= ir.MaxList && ir.IsToken(requestMethod)
		case ir.EchoHeaders:
			v, ok = requestHeaders, len(requestHeaders) <= ir.MaxList && ir.IsTokenList(requestHeaders)
		}
		if ok {
			d.Set = append(d.Set, Field{h.Name, v})
		}
		d.Allowed = d.Allowed || h.Name == "Access-Control-Allow-Origin"
	}
	return d
}

// classify returns the class of a request
// (https://fetch.spec.whatwg.org/#cors-preflight-request).
func classify(method string, fields []Field) Class {
	switch {
	case value(fields, "Origin") == "":
		return NonCORS
	case method == "OPTIONS" && value(fields, "Access-Control-Request-Method") != "":
		return Preflight
	default:
		return Actual
	}
}

func (e *Evaluator) allows(origin string) bool {
	return e.variant.Origins.Any || e.Pattern(origin) != nil
}

// Pattern returns the pattern by which an origin is allowed, or nil. Where every
// origin is allowed there is none.
func (e *Evaluator) Pattern(origin string) *ir.Pattern {
	if p := e.exact[origin]; p != nil {
		return p
	}
	for _, p := range e.wild {
		if p.Match(origin) {
			return p
		}
	}
	return nil
}

func value(fields []Field, name string) string {
	var lines []string
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			lines = append(lines, strings.Trim(f.Value, " \t"))
		}
	}
	return strings.Join(lines, ", ")
}
