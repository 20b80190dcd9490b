package vite

import (
	"fmt"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/node"
	"github.com/corsgen/corsgen/ir"
)

// printReadme prints how to use the plugins, for who has nothing else at hand.
func printReadme(p *ir.Program) emit.File {
	r := emit.NewReadme(p, "CORS for Vite", ", ")
	id := node.Exports(p)[0]
	fmt.Fprintf(r, "```js\n// vite.config.mjs\nimport { %s } from \"./cors/vite.gen.mjs\";\n\nexport default { plugins: [%s] };\n```\n", id, id)
	return r.File()
}
