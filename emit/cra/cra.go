// Package cra prints a program for the development server of Create React App: the
// module of package emit/node, and one that adds a middleware to it, which passes
// requests on to other servers.
package cra

import (
	_ "embed"
	"slices"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/devproxy"
	"github.com/corsgen/corsgen/emit/node"
	"github.com/corsgen/corsgen/ir"
)

//go:embed cra.js
var runtimeText string

// Target returns the target "cra".
func Target() emit.Target {
	return emit.Target{
		Name:  "cra",
		Doc:   "middleware for the development server of Create React App, and what it passes on to an API",
		Level: emit.E1,
		Emit:  Emit,
	}
}

// Emit prints cra.gen.cjs, which is the module of package emit/node, cors.gen.cjs,
// with the dev proxies of p; the types of both, and README.md.
func Emit(p *ir.Program, o emit.Options) ([]emit.File, diag.List) {
	o.Module = "commonjs" // what src/setupProxy.js is
	files, found := node.Module(p, o)
	found = append(found, devproxy.Check(p)...)
	if len(found) > 0 {
		return nil, found
	}
	own := []emit.File{
		{Path: "cra.gen.cjs", Content: printModule(p)},
		{Path: "cra.gen.d.cts", Content: printTypes(p)},
	}
	return slices.Concat(own, files, []emit.File{printReadme(p)}), nil
}

func printModule(p *ir.Program) []byte {
	var t node.Text
	t.Line(0, "// %s\n\"use strict\";\n", emit.Marker(p))
	devproxy.PrintTable(&t, p)
	t.Line(0, "module.exports = { ...require(\"./cors.gen.cjs\"), %s };\n", devproxy.Export)
	t.WriteString(runtimeText + "\n" + devproxy.Runtime())
	return []byte(t.String())
}

func printTypes(p *ir.Program) []byte {
	var t node.Text
	t.Line(0, "// %s\n", emit.Marker(p))
	t.Line(0, "import type { NodeRequest, NodeResponse } from \"./cors.gen.cjs\";\n\nexport * from \"./cors.gen.cjs\";\n")
	t.Doc("All dev proxies, as middleware for src/setupProxy.js.", devproxy.Words(p), "")
	t.Line(0, "export function %s(request: NodeRequest, response: NodeResponse, next: (error?: any) => void): void;", devproxy.Export)
	return []byte(t.String())
}
