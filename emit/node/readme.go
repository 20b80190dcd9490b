package node

import (
	"fmt"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// printReadme prints how to use the module, for who has nothing else at hand.
func (m *module) printReadme() emit.File {
	r := emit.NewReadme(m.program, "CORS for Node", ", ")
	file, id := "cors.gen."+m.extension("mjs", "cjs"), Exports(m.program)[0]
	fmt.Fprintf(r, "`%s` needs nothing else: copy it, or import it from here. Its types are beside it.\n\n", file)
	load := fmt.Sprintf(m.extension("import { %s } from \"./%s\";", "const { %s } = require(\"./%s\");"), id, file)
	for _, use := range uses {
		fmt.Fprintf(r, "## %s\n\n```js\n%s\n\n%s\n```\n\n", use.title, load, fmt.Sprintf(use.text, id))
	}
	if len(m.program.Environments) > 0 {
		r.WriteString("## Environments\n\n")
		PrintIn(r, m.program)
	}
	r.WriteString("Put it before everything that may answer: authentication, limits, parsers and routes.\n")
	return r.File()
}

// PrintIn prints how what a module exports is used in an environment, if there is one.
func PrintIn(r *emit.Readme, p *ir.Program) {
	if len(p.Environments) > 0 {
		fmt.Fprintf(r, "`%s.in(%s)` is the same in an environment. Any other name is an error.\n\n", Exports(p)[0], Quote(p.Environments[0]))
	}
}

// uses are the ways to use what the module exports.
var uses = []struct{ title, text string }{
	{"Express, Connect", "server.use(%s);"},
	{"node:http and node:http2", "createServer(%s.wrap((request, response) => response.end(\"Hello\\n\")));"},
	{"Fastify", "await fastify.register(%s.fastify);"},
	{"Hono, Bun, Deno, Workers", "export default { fetch: (request, ...rest) => %s.fetch(request, (request) => hono.fetch(request, ...rest)) };"},
}
