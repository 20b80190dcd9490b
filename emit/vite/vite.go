// Package vite prints a program for Vite: the module of package emit/node, and one
// that makes plugins of it for the development server and the preview server.
package vite

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/devproxy"
	"github.com/corsgen/corsgen/emit/node"
	"github.com/corsgen/corsgen/ir"
)

//go:embed runtime.js
var runtimeText string

//go:embed runtime_proxy.js
var runtimeProxyText string

// Target returns the target "vite".
func Target() emit.Target {
	return emit.Target{
		Name:  "vite",
		Doc:   "plugins for Vite's development and preview servers, and what those pass on to an API",
		Level: emit.E1,
		Emit:  Emit,
	}
}

// Emit prints the module for Node, the plugins on it, and README.md.
func Emit(p *ir.Program, o emit.Options) ([]emit.File, diag.List) {
	files, found := node.Module(p, o)
	found = append(found, devproxy.Check(p)...)
	if len(found) > 0 {
		return nil, found
	}
	own := []emit.File{
		{Path: "vite.gen.mjs", Content: printModule(p)},
		{Path: "vite.gen.d.mts", Content: printTypes(p)},
	}
	return slices.Concat(own, files, []emit.File{printReadme(p)}), nil
}

// plugin is what is exported of a policy or a site.
type plugin struct{ id, doc string }

func plugins(p *ir.Program) []plugin {
	var all []plugin
	for i := range p.Policies {
		name, src := p.Policies[i].Name, p.Policies[i].Src
		all = append(all, plugin{node.Identifier(name), fmt.Sprintf("The CORS policy %q (%s) for Vite's development and preview servers.", name, emit.Place(src))})
	}
	for i := range p.Sites {
		name, src := p.Sites[i].Name, p.Sites[i].Src
		all = append(all, plugin{node.Identifier(name), fmt.Sprintf("The site %q (%s) for Vite's development and preview servers.", name, emit.Place(src))})
	}
	return all
}

func printModule(p *ir.Program) []byte {
	var t node.Text
	t.Line(0, "// %s\n", emit.Marker(p))
	t.Line(0, "import * as $cors from \"./cors.gen.mjs\";\n")
	for _, plugin := range plugins(p) {
		t.Doc(plugin.doc, nil, "")
		t.Line(0, "const %s = $plugin(%s, $cors.%s);\n", plugin.id, node.Quote(plugin.id), plugin.id)
	}
	devproxy.PrintTable(&t, p)
	t.Doc(devProxyDoc, devproxy.Words(p), "")
	t.Line(0, "const %s = $devProxy($devProxies);\n", devproxy.Export)
	t.Line(0, "export { %s };\n", strings.Join(append(node.Exports(p), devproxy.Export), ", "))
	t.WriteString(runtimeText + "\n" + runtimeProxyText + "\n" + devproxy.Runtime())
	return []byte(t.String())
}

const devProxyDoc = "All dev proxies, as entries of server.proxy and preview.proxy."

func printTypes(p *ir.Program) []byte {
	var t node.Text
	t.Line(0, "// %s\n", emit.Marker(p))
	of := "Plugin"
	if len(p.Environments) > 0 {
		t.Line(0, "import type { InEnvironments } from \"./cors.gen.mjs\";\n")
		of = "InEnvironments<Plugin>"
	}
	for _, plugin := range plugins(p) {
		t.Doc(plugin.doc, nil, "")
		t.Line(0, "export const %s: %s;\n", plugin.id, of)
	}
	t.Doc(devProxyDoc, devproxy.Words(p), "")
	t.Line(0, "export const %s: Plugin;\n", devproxy.Export)
	t.WriteString(typesText)
	return []byte(t.String())
}

const typesText = `/** A plugin of Vite: plugins: [app]. */
export interface Plugin {
  name: string;
  enforce: "pre";
  apply: "serve";
}
`
