package node

import (
	"fmt"
	"strings"

	"github.com/corsgen/corsgen/emit"
)

// printTypes prints the module's types. They name no type of another package.
func (m *module) printTypes() []byte {
	t := &Text{}
	t.WriteString("// " + emit.Marker(m.program) + "\n\n")
	for _, n := range m.policies {
		t.Doc(fmt.Sprintf("The CORS policy %q (%s):", n.Name, emit.Place(n.Src)),
			emit.Words(n.variants[0].Variant), n.variants[0].Variant.Description)
		t.Line(0, "export const %s: %s;\n", n.id, m.typeOf("Policy"))
	}
	for i := range m.program.Sites {
		s := &m.program.Sites[i]
		t.Doc(fmt.Sprintf("The site %q (%s): applies to each request the policy of its path, and leaves others alone.", s.Name, emit.Place(s.Src)), nil, "")
		t.Line(0, "export const %s: %s;\n", Identifier(s.Name), m.typeOf("Cors"))
	}
	t.WriteString(typesText)
	if names := m.program.Environments; len(names) > 0 {
		quoted := make([]string, len(names))
		for i, e := range names {
			quoted[i] = Quote(e)
		}
		fmt.Fprintf(t, "\n/** The environments of the policies. */\nexport type Environment = %s;\n", strings.Join(quoted, " | "))
		t.WriteString(inTypeText)
	}
	return []byte(t.String())
}

// typeOf returns the type of a policy or a site.
func (m *module) typeOf(name string) string {
	if len(m.program.Environments) == 0 {
		return name
	}
	return fmt.Sprintf("InEnvironments<%s>", name)
}

const typesText = `/** A policy or a site: middleware (request, response, next) for node:http, Express, Connect and Vite. */
export interface Cors {
  (request: NodeRequest, response: NodeResponse, next: (error?: any) => void): void;

  /** Applies it to a listener of node:http or node:http2: createServer(app.wrap(listener)). */
  wrap<Request extends NodeRequest, Response extends NodeResponse>(
    listener: (request: Request, response: Response) => unknown,
  ): (request: Request, response: Response) => void;

  /**
   * Applies it to a handler of the Fetch standard's requests: Hono, Bun, Deno, Workers. A handler that has upgraded a
   * request in Bun returns undefined.
   */
  fetch<Answer extends Response | undefined | Promise<Response | undefined>>(
    request: Request,
    handler: (request: Request) => Answer,
  ): Response | Answer;

  /** A plugin of Fastify: fastify.register(app.fastify), before other plugins. */
  fastify(instance: any, options: unknown, done: (error?: Error) => void): void;
}

export interface Policy extends Cors {
  /** Reports whether the policy allows an origin, as it stands in a request's Origin header. */
  allowsOrigin(origin: string): boolean;
}

/** What it reads of a request of node:http or node:http2. */
export interface NodeRequest {
  method?: string | undefined;
  url?: string | undefined;
  headers: { [name: string]: string | string[] | undefined };
}

/** What it uses of a response of node:http or node:http2. */
export interface NodeResponse {
  readonly headersSent: boolean;
  getHeaderNames(): string[];
  getHeader(name: string): any;
  removeHeader(name: string): void;
  writeHead(status: number, ...rest: any[]): any;
  end(...rest: any[]): any;
}
`

const inTypeText = `
export type InEnvironments<Of> = Of & {
  /** Returns it as it stands in an environment. Any other name is an error. */
  in(environment: string): Of;
};
`
