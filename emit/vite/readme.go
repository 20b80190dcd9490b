package vite

import (
	"fmt"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/devproxy"
	"github.com/corsgen/corsgen/emit/node"
	"github.com/corsgen/corsgen/ir"
)

// printReadme prints how to use the plugins, for who has nothing else at hand.
func printReadme(p *ir.Program) emit.File {
	r, id := emit.NewReadme(p, "CORS for Vite", ", "), node.Exports(p)[0]
	fmt.Fprintf(r, "In `vite.config.js`, with the path to this folder:\n\n```js\n"+
		"import { defineConfig } from \"vite\";\nimport { %[1]s, %[2]s } from \"./vite.gen.mjs\";\n\n"+
		"export default defineConfig({ plugins: [%[1]s, %[2]s] });\n```\n\n", id, devproxy.Export)
	fmt.Fprintf(r, "`%s` applies the policy to what `vite` and `vite preview` answer, in place of `server.cors`, `preview.cors` and\n"+
		"`Access-Control-*` in `server.headers`, which have to go.\n\n", id)
	node.PrintIn(r, p)
	devproxy.PrintReadme(r, p)
	r.WriteString("`cors.gen.mjs` is the policy itself, for servers of Node.\n")
	return r.File()
}
