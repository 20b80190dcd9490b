// What follows carries it out. It is the same for every program.

// $plugin makes a plugin of a policy or a site.
function $plugin(name, cors) {
  const plugin = {
    name: `corsgen:${name}`,
    enforce: "pre",
    apply: "serve",
    config: ({ server, preview }) => ({ server: $corsOff(server), preview: $corsOff(preview) }),
    configResolved: $demandAlone,
    configureServer: { order: "pre", handler: (server) => $putFirst(server, cors) },
    configurePreviewServer: { order: "pre", handler: (server) => $putFirst(server, cors) },
  };
  if (cors.in !== undefined) plugin.in = (environment) => $plugin(name, cors.in(environment));
  return plugin;
}

// $corsOff switches off what a server does about CORS by itself. Where somebody asks
// for it, $demandAlone says so.
function $corsOff(options) {
  return options?.cors === undefined ? { cors: false } : {};
}

// $demandAlone refuses a configuration in which something else decides too.
function $demandAlone(config) {
  for (const name of ["server", "preview"]) {
    if ($continues(config[name].cors)) config[name].cors = false;
    const { cors, headers } = config[name];
    if (cors !== false) {
      throw new Error(`corsgen: ${name}.cors is on, and would answer preflights too. Remove it: the policy decides alone.`);
    }
    for (const header of Object.keys(headers ?? {})) {
      if (!/^access-control-/i.test(header)) continue;
      throw new Error(`corsgen: ${name}.headers sets ${header}, which the policy replaces or removes. Remove it: the policy decides alone.`);
    }
  }
  const [first, second] = config.plugins.filter(({ name }) => name.startsWith("corsgen:") && name !== "corsgen:devProxy");
  if (second === undefined) return;
  throw new Error(`corsgen: the plugins ${first.name} and ${second.name} would both decide. Keep one; a site applies several policies, each to its paths.`);
}

// $continues reports whether options only let preflights through to handlers, as
// SvelteKit has it, beside the origins that Vite allows by itself. Handlers get what
// the policy does not answer all the same.
function $continues({ preflightContinue, origin, ...others }) {
  return preflightContinue === true && (origin === undefined || origin instanceof RegExp) && Object.keys(others).length === 0;
}

// $putFirst puts a policy before all other middleware, so that it is also on what
// Vite answers before it asks its plugins: to a host that is not allowed, or a path
// that is none.
function $putFirst(server, cors) {
  server.middlewares.stack.unshift({ route: "", handle: cors });
}
