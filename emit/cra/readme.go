package cra

import (
	"fmt"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/devproxy"
	"github.com/corsgen/corsgen/emit/node"
	"github.com/corsgen/corsgen/ir"
)

// printReadme prints how to use the modules, for who has nothing else at hand.
func printReadme(p *ir.Program) emit.File {
	r := emit.NewReadme(p, "CORS for Create React App", ", ")
	fmt.Fprintf(r, readmeText, node.Exports(p)[0], devproxy.Export)
	node.PrintIn(r, p)
	devproxy.PrintReadme(r, p)
	r.WriteString(withoutProxy)
	return r.File()
}

const readmeText = "Create React App looks for `src/setupProxy.js`. Write there, with the path to this folder:\n\n" +
	"```js\nconst { %[1]s, %[2]s } = require(\"../cors/cra.gen.cjs\");\n\n" +
	"module.exports = (server) => server.use(%[1]s, %[2]s);\n```\n\n" +
	"Start the development server again after a change: it reads this once.\n\n" +
	"`%[1]s` applies the policy to what the server answers, in place of the `Access-Control-Allow-Origin: *` that it sets by itself.\n\n"

const withoutProxy = "Remove `\"proxy\"` from `package.json`. It passes on whatever does not look like a file or a page of the app, with the Origin of\n" +
	"every page made the upstream's: what a page of another site sends passes there for what your own sends.\n\n" +
	"`cors.gen.cjs` is the policy itself, for servers of Node.\n"
