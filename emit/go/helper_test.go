package golang

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/origin"
)

// settings are the attributes of a policy that tests vary.
type settings struct {
	origins     []string
	methods     string // Access-Control-Allow-Methods; "<echo>" repeats the request
	headers     string // likewise
	expose      string
	credentials bool
	gate        bool
	maxAge      int
}

// variant compiles settings by the table of semantics, on its own, so that this
// package's tests do not rest on the compiler.
func variant(tb testing.TB, s settings) ir.Variant {
	tb.Helper()
	var v ir.Variant
	for i, text := range s.origins {
		if text == origin.Any {
			v.Origins.Any = true
			continue
		}
		p, err := origin.Parse(text)
		if err != nil {
			tb.Fatal(err)
		}
		v.Origins.Patterns = append(v.Origins.Patterns, ir.Pattern{Pattern: p, Src: line(10 + i)})
	}
	identity := ir.Value{Echo: ir.EchoOrigin}
	actualVary := []string{"Origin"}
	if v.Origins.Any {
		identity, actualVary = ir.Value{Const: "*"}, nil
	}
	set := []ir.Header{{Name: "Access-Control-Allow-Origin", Value: identity, Src: line(3)}}
	if s.credentials {
		set = append(set, ir.Header{Name: "Access-Control-Allow-Credentials", Value: ir.Value{Const: "true"}, Src: line(4)})
	}
	vary := []string{"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"}
	preflight := append([]ir.Header(nil), set...)
	preflight = appendHeader(preflight, "Access-Control-Allow-Methods", s.methods, ir.EchoMethod)
	preflight = appendHeader(preflight, "Access-Control-Allow-Headers", s.headers, ir.EchoHeaders)
	if s.maxAge > 0 {
		preflight = appendHeader(preflight, "Access-Control-Max-Age", strconv.Itoa(s.maxAge), 0)
	}
	v.Preflight.Allowed = ir.Response{Status: 204, Set: preflight, Vary: vary}
	v.Preflight.Refused = ir.Response{Status: 403, Vary: vary}
	v.Actual.Allowed = ir.Response{Set: appendHeader(set, "Access-Control-Expose-Headers", s.expose, 0), Delete: ir.Owned(), Vary: actualVary}
	v.Actual.Refused = ir.Response{Delete: ir.Owned(), Vary: actualVary}
	v.Actual.Absent = v.Actual.Refused
	if v.Origins.Any {
		v.Actual.Refused, v.Actual.Absent = v.Actual.Allowed, v.Actual.Allowed
	}
	if s.gate {
		v.Actual.Refused.Status = 403
	}
	v.Src = line(2)
	return v
}

func appendHeader(set []ir.Header, name, value string, echo ir.Echo) []ir.Header {
	switch value {
	case "":
		return set
	case "<echo>":
		return append(set, ir.Header{Name: name, Value: ir.Value{Echo: echo}, Src: line(5)})
	default:
		return append(set, ir.Header{Name: name, Value: ir.Value{Const: value}, Src: line(5)})
	}
}

func line(n int) diag.Range {
	return diag.Range{File: "cors.hcl", Start: diag.Pos{Line: n, Column: 1}, End: diag.Pos{Line: n, Column: 2}}
}

// program is a program of one policy of the base alone.
func program(tb testing.TB, name string, s settings) *ir.Program {
	tb.Helper()
	return &ir.Program{
		Sources:  []string{"cors.hcl"},
		Policies: []ir.Policy{{Name: name, Variants: []ir.Variant{variant(tb, s)}, Src: line(1)}},
	}
}

// printed returns the files of a program by path.
func printed(tb testing.TB, p *ir.Program, o emit.Options) map[string]string {
	tb.Helper()
	files, diags := emitFiles(p, o)
	if len(diags) > 0 {
		tb.Fatal(diags)
	}
	byPath := map[string]string{}
	for _, f := range files {
		byPath[f.Path] = string(f.Content)
	}
	return byPath
}

func originsOf(n int) []string {
	origins := make([]string, n)
	for i := range origins {
		origins[i] = "https://customer-" + strconv.Itoa(i*7919%1000003) + ".example.com"
	}
	return origins
}

// live returns what the output for a variant carries out, with the slow and
// obvious matcher in place of the printed one.
func live(v *ir.Variant) *corsPolicy {
	p := &corsPolicy{
		allows: func(origin string) bool {
			for _, p := range v.Origins.Patterns {
				if p.Match(origin) {
					return true
				}
			}
			return v.Origins.Any
		},
	}
	p.preflight.allowed, p.preflight.refused = liveResponse(&v.Preflight.Allowed), liveResponse(&v.Preflight.Refused)
	p.actual.allowed, p.actual.refused = liveResponse(&v.Actual.Allowed), liveResponse(&v.Actual.Refused)
	p.actual.absent = liveResponse(&v.Actual.Absent)
	return p
}

func liveResponse(r *ir.Response) corsResponse {
	out := corsResponse{status: r.Status}
	if len(r.Vary) > 0 {
		out.vary = []string{strings.Join(r.Vary, ", ")}
	}
	for _, h := range r.Set {
		out.set = append(out.set, corsHeader{name: h.Name, value: []string{h.Value.Const}, echo: corsEcho(h.Value.Echo)})
	}
	return out
}

// middleware returns the middleware for settings.
func middleware(tb testing.TB, s settings) func(http.Handler) http.Handler {
	tb.Helper()
	v := variant(tb, s)
	return live(&v).handler
}
