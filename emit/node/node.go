// Package node prints a program as JavaScript: one module without dependencies
// for node:http and the frameworks on it, Fastify, and servers of the Fetch
// standard's requests and responses.
//
// The module holds the decisions of the policies, printed declaration by
// declaration, and below them what carries them out: this package's runtime*.js,
// the same for every program.
package node

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

//go:embed runtime.js
var runtimeText string

//go:embed runtime_site.js
var runtimeSiteText string

// Target returns the target "node".
func Target() emit.Target {
	return emit.Target{
		Name:  "node",
		Doc:   "a JavaScript module for node:http, Express, Connect, Vite, Fastify, and fetch handlers such as Hono's",
		Level: emit.E1,
		Emit:  Emit,
	}
}

// The kinds of module.
const (
	esm      = "esm"
	commonJS = "commonjs"
)

// Emit prints every policy and site of p, in all environments, as a module with
// types, and README.md.
func Emit(p *ir.Program, o emit.Options) ([]emit.File, diag.List) {
	if found := check(p, o); len(found) > 0 {
		return nil, found
	}
	m := newModule(p, o)
	return append(m.files(), m.printReadme()), nil
}

// Module prints the module and its types alone, for a target that has a file of its
// own around them.
func Module(p *ir.Program, o emit.Options) ([]emit.File, diag.List) {
	if found := check(p, o); len(found) > 0 {
		return nil, found
	}
	return newModule(p, o).files(), nil
}

func check(p *ir.Program, o emit.Options) diag.List {
	var found diag.List
	if o.Environment != "" && !slices.Contains(p.Environments, o.Environment) {
		found = append(found, diag.Diagnostic{
			Code:    "C002",
			Summary: fmt.Sprintf("there is no environment %q", o.Environment),
			Detail:  "The first form of every policy is for an environment that the program declares. Add it to environments, or choose one of them.",
		})
	}
	return append(found, checkNames(p)...)
}

// module is a module on its way to be printed.
type module struct {
	Text
	program  *ir.Program
	options  emit.Options
	policies []*namedPolicy
}

func newModule(p *ir.Program, o emit.Options) *module {
	return &module{program: p, options: o, policies: named(p, o.Environment)}
}

// files prints the module and its types.
func (m *module) files() []emit.File {
	return []emit.File{
		{Path: "cors.gen." + m.extension("mjs", "cjs"), Content: m.print()},
		{Path: "cors.gen." + m.extension("d.mts", "d.cts"), Content: m.printTypes()},
	}
}

func (m *module) extension(ofESM, ofCommonJS string) string {
	if cmp.Or(m.options.Module, esm) == commonJS {
		return ofCommonJS
	}
	return ofESM
}

// denoTypes is where Deno finds the types, for which it looks nowhere else.
const denoTypes = "// @ts-self-types=\"./cors.gen.d.mts\"\n"

func (m *module) print() []byte {
	m.WriteString("// " + emit.Marker(m.program) + "\n" + m.extension(denoTypes, "\"use strict\";\n") + "\n")
	for _, policy := range m.policies {
		m.printPolicy(policy)
	}
	for i := range m.program.Sites {
		m.printSite(&m.program.Sites[i])
	}
	fmt.Fprintf(m, "%s{ %s };\n\n", m.extension("export ", "module.exports = "), strings.Join(Exports(m.program), ", "))
	m.WriteString(runtimeText)
	if len(m.program.Sites) > 0 {
		m.WriteString("\n" + runtimeSiteText)
	}
	return []byte(m.String())
}
