// Package devproxy prints what the targets of development servers share: the table
// of the dev proxies of a program, and the JavaScript that says which request is
// passed on, with what headers, and what becomes of the answer's.
package devproxy

import (
	_ "embed"
	"slices"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/node"
	"github.com/corsgen/corsgen/ir"
)

//go:embed devproxy.js
var runtimeText string

// Export is the name under which a module exports all dev proxies together.
const Export = "devProxy"

// Runtime returns the text of the functions that stand on the table. It holds
// nothing but declarations of functions, and imports and exports nothing.
func Runtime() string { return runtimeText }

// PrintTable prints the constant $devProxies: a line for each path of all dev
// proxies, the longest first.
func PrintTable(t *node.Text, p *ir.Program) {
	t.Comment("What is passed on, the longest path first.")
	if len(p.DevProxies) == 0 {
		t.Line(0, "const $devProxies = $proxies([]);\n")
		return
	}
	t.Line(0, "const $devProxies = $proxies([")
	for _, l := range lines(p) {
		t.Line(1, "{ name: %s, path: %s, upstream: %s, strip: %t }, // %s", node.Quote(l.Name), node.Quote(l.path), node.Quote(l.Upstream), l.StripPrefix, emit.Place(l.Src))
	}
	t.Line(0, "]);\n")
}

// line is a path of a dev proxy.
type line struct {
	*ir.DevProxy
	path string
}

func lines(p *ir.Program) []line {
	of := map[string]*ir.DevProxy{}
	var paths []string
	for i := range p.DevProxies {
		for _, path := range p.DevProxies[i].Paths {
			paths, of[path] = append(paths, path), &p.DevProxies[i]
		}
	}
	ir.SortPaths(paths)
	all := make([]line, len(paths))
	for i, path := range paths {
		all[i] = line{of[path], path}
	}
	return all
}

// Check reports a policy or a site that would be exported under the name that the
// dev proxies have.
func Check(p *ir.Program) diag.List {
	i := slices.Index(node.Exports(p), Export)
	if i < 0 {
		return nil
	}
	d := diag.Diagnostic{
		Code:    "C006",
		Summary: "Two things would be called " + Export + " in JavaScript",
		Detail:  "The name is that of all dev proxies together. Rename the policy or site.",
	}
	if i < len(p.Policies) {
		d.Range = p.Policies[i].Src
	} else {
		d.Range = p.Sites[i-len(p.Policies)].Src
	}
	return diag.List{d}
}
