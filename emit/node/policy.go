package node

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// printPolicy prints what a policy exports, and before it what that stands on.
func (m *module) printPolicy(n *namedPolicy) {
	for _, v := range n.variants {
		if v.origins == v.key && !v.Variant.Origins.Any {
			m.printOrigins(v)
		}
		m.printVariant(n, v)
	}
	m.Doc(fmt.Sprintf("The CORS policy %q (%s):", n.Name, emit.Place(n.Src)),
		emit.Words(n.variants[0].Variant), n.variants[0].Variant.Description)
	m.Line(0, "const %s = $policy(%s, %s);\n", n.id, n.keys[n.base], m.environments(func(e string) string { return n.keys[e] }))
}

// environments prints what belongs to each environment as a list of pairs.
func (m *module) environments(of func(string) string) string {
	pairs := make([]string, len(m.program.Environments))
	for i, e := range m.program.Environments {
		pairs[i] = fmt.Sprintf("[%s, %s]", Quote(e), of(e))
	}
	return "[" + strings.Join(pairs, ", ") + "]"
}

// few is how many origins have the place that they come from beside them. In a
// longer list it would change in every line where one line is added above.
const few = 20

func (m *module) printOrigins(v *namedVariant) {
	var exact, patterns []ir.Pattern
	for _, p := range v.Variant.Origins.Patterns {
		if p.Exact() {
			exact = append(exact, p)
		} else {
			patterns = append(patterns, p)
		}
	}
	m.Comment(fmt.Sprintf("The origins of %s, exact ones and patterns.", v.key))
	m.Line(0, "const %s_origins = $origins(", v.key)
	m.printPatterns(exact)
	m.printPatterns(patterns)
	m.Line(0, ");\n")
}

func (m *module) printPatterns(patterns []ir.Pattern) {
	if len(patterns) == 0 {
		m.Line(1, "[],")
		return
	}
	m.Line(1, "[")
	for _, p := range patterns {
		source := ""
		if len(patterns) <= few {
			source = " // " + emit.Place(p.Src)
		}
		m.Line(2, "%s,%s", Quote(p.String()), source)
	}
	m.Line(1, "],")
}

func (m *module) printVariant(n *namedPolicy, v *namedVariant) {
	names := slices.DeleteFunc(slices.Clone(v.Environments), func(e string) bool { return e == "" })
	text := fmt.Sprintf("What %s decides", n.id)
	if len(names) > 0 {
		text += " in " + strings.Join(names, ", ")
	}
	m.Comment(fmt.Sprintf("%s (%s).", text, emit.Place(v.Variant.Src)))
	allows := v.origins + "_origins"
	if v.Variant.Origins.Any {
		allows = "$anyOrigin"
	}
	m.Line(0, "const %s = {", v.key)
	m.Line(1, "allows: %s,", allows)
	m.printBranches("preflight", &v.Variant.Preflight)
	m.printBranches("actual", &v.Variant.Actual)
	m.Line(0, "};\n")
}

func (m *module) printBranches(name string, b *ir.Branches) {
	m.Line(1, "%s: {", name)
	m.printResponse("allowed", &b.Allowed)
	m.printResponse("refused", &b.Refused)
	m.printResponse("absent", &b.Absent)
	m.Line(1, "},")
}

func (m *module) printResponse(name string, r *ir.Response) {
	vary := Quote(strings.Join(r.Vary, ", "))
	if len(r.Set) == 0 {
		m.Line(2, "%s: { status: %d, set: [], vary: %s },", name, r.Status, vary)
		return
	}
	m.Line(2, "%s: {", name)
	m.Line(3, "status: %d,", r.Status)
	m.Line(3, "set: [")
	for _, h := range r.Set {
		m.Line(4, "[%s, %s], // %s", Quote(h.Name), value(h.Value), emit.Place(h.Src))
	}
	m.Line(3, "],")
	m.Line(3, "vary: %s,", vary)
	m.Line(2, "},")
}

var echoes = map[ir.Echo]string{
	ir.EchoOrigin:  "$origin",
	ir.EchoMethod:  "$requestMethod",
	ir.EchoHeaders: "$requestHeaders",
}

func value(v ir.Value) string {
	if echo, ok := echoes[v.Echo]; ok {
		return echo
	}
	return Quote(v.Const)
}
