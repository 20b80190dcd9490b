package conformance

import (
	"strings"
	"testing"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/internal/golden"
	"github.com/corsgen/corsgen/origin"
	"github.com/corsgen/corsgen/policy"
)

// Set returns an attribute that is set.
func Set[T any](v T) policy.Attr[T] { return policy.Attr[T]{Value: v, Set: true} }

// Items returns a list of methods or headers, which is set.
func Items(texts []string) policy.Attr[[]policy.Item] {
	var all []policy.Item
	for _, t := range texts {
		all = append(all, policy.Item{Text: t})
	}
	return Set(all)
}

// Origins returns a list of origins and patterns, which is set. Each has a line of
// its own in cors.hcl.
func Origins(tb testing.TB, texts []string) policy.Attr[[]policy.Origin] {
	tb.Helper()
	var all []policy.Origin
	for i, t := range texts {
		if t == origin.Any {
			return Set([]policy.Origin{{Any: true}})
		}
		p, err := origin.Parse(t)
		if err != nil {
			tb.Fatalf("%s: %v", t, err)
		}
		all = append(all, policy.Origin{Pattern: p, Range: diag.Range{File: "cors.hcl", Start: diag.Pos{Line: 100 + i}}})
	}
	return Set(all)
}

// Request returns a request with field lines, such as "Accept: text/html".
func Request(method, target string, lines ...string) golden.Request {
	return golden.Request{Method: method, Target: target, Fields: fields(lines)}
}

// WithOrigin returns lines with an Origin in front, unless it is "".
func WithOrigin(o string, lines ...string) []string {
	if o == "" {
		return lines
	}
	return append([]string{"Origin: " + o}, lines...)
}

func fields(lines []string) []golden.Field {
	var all []golden.Field
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		all = append(all, golden.Field{Name: name, Value: value})
	}
	return all
}
