package emit

import (
	"fmt"
	"strings"

	"github.com/corsgen/corsgen/ir"
)

// Words says what a variant decides, for people.
func Words(v *ir.Variant) []string {
	var all []string
	seen := map[string]bool{}
	for _, h := range append(v.Preflight.Allowed.Set[:len(v.Preflight.Allowed.Set):len(v.Preflight.Allowed.Set)], v.Actual.Allowed.Set...) {
		if seen[h.Name] {
			continue
		}
		seen[h.Name] = true
		all = append(all, fmt.Sprintf("%s (%s)", headerWords(v, h), Place(h.Src)))
	}
	if s := v.Preflight.Allowed.Status; s != 204 {
		all = append(all, fmt.Sprintf("preflights are answered with %d", s))
	}
	if s := v.Actual.Refused.Status; s != 0 {
		all = append(all, fmt.Sprintf("requests from other origins get %d and do not reach next", s))
	}
	return all
}

func headerWords(v *ir.Variant, h ir.Header) string {
	value := h.Value.Const
	every := h.Value.Echo != ir.EchoNone || value == "*"
	switch h.Name {
	case "Access-Control-Allow-Origin":
		return originWords(&v.Origins)
	case "Access-Control-Allow-Credentials":
		return "with credentials"
	case "Access-Control-Allow-Methods":
		return either(every, "every method", "methods "+value)
	case "Access-Control-Allow-Headers":
		return either(every, "every request header", "request headers "+value)
	case "Access-Control-Expose-Headers":
		return either(every, "scripts may read every response header", "scripts may read the response headers "+value)
	case "Access-Control-Max-Age":
		return "browsers may keep the answer to a preflight for " + value + " seconds"
	default:
		return h.Name + ": " + h.Value.String()
	}
}

func either(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}

// originWords names the first few origins.
func originWords(o *ir.Origins) string {
	const few = 3
	if o.Any {
		return "every origin"
	}
	var names []string
	for i, p := range o.Patterns {
		if i == few && len(o.Patterns) > few+1 {
			return fmt.Sprintf("origins %s and %d more", strings.Join(names, ", "), len(o.Patterns)-few)
		}
		names = append(names, p.String())
	}
	return "origins " + strings.Join(names, ", ")
}
