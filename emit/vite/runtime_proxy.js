// $devProxy makes the plugin of the dev proxies, for Vite's own proxy.
function $devProxy(proxies) {
  return {
    name: "corsgen:devProxy",
    enforce: "pre",
    apply: "serve",
    config: {
      order: "post", // when all other entries are there
      handler: ({ server = {}, preview = {} }) => {
        const inherited = preview.proxy === undefined ? server.proxy : {};
        return {
          server: { proxy: $entries(proxies, "server", server) },
          preview: { proxy: { ...inherited, ...$entries(proxies, "preview", { ...server, ...preview }) } },
        };
      },
    },
  };
}

// $entries makes the entries of server.proxy or preview.proxy. Vite takes the first
// that matches, and those that are there already come first.
function $entries(proxies, name, { proxy: others, allowedHosts, host }) {
  const names = allowedHosts === true || [allowedHosts, host].flat().filter((known) => typeof known === "string");
  return Object.fromEntries(
    proxies.map((proxy) => {
      $demandFree(proxy, name, others ?? {});
      return [$context(proxy.path), $entry(proxy, names)];
    }),
  );
}

// $demandFree refuses an entry of somebody else that would take all of a path.
function $demandFree(proxy, name, others) {
  for (const [context, entry] of Object.entries(others)) {
    const takes = context[0] === "^" ? new RegExp(context).test(proxy.path) : proxy.path.startsWith(context);
    if (!entry || !takes) continue;
    const taken = `${proxy.path} of dev_proxy "${proxy.name}"`;
    throw new Error(`corsgen: ${name}.proxy has an entry "${context}", which takes ${taken}. Remove the entry, or the path from the policy.`);
  }
}

// $context returns the key by which Vite finds an entry: what a target starts with,
// or for one path alone a regular expression.
function $context(path) {
  return path.endsWith("/") ? path : `^${path.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}(?:\\?|$)`;
}

function $entry(proxy, names) {
  const send = (outgoing, request) => {
    if ($leadsHere(proxy, request)) return outgoing.destroy(new Error("it is this server"));
    const origin = $originFor(proxy, request.headers, names);
    if (origin !== undefined) outgoing.setHeader("Origin", origin);
  };
  return {
    target: proxy.upstream,
    changeOrigin: true,
    ws: true,
    rewrite: (target) => $targetFor(proxy, target),
    configure: (server) => {
      server.on("proxyReq", (outgoing, request, response) => {
        send(outgoing, request);
        outgoing.on("upgrade", (answer, socket) => {
          socket.destroy();
          $fail(proxy, new Error("it changes the protocol"), response);
        });
      });
      server.on("proxyReqWs", send);
      server.on("proxyRes", (incoming, request, response) => {
        $restore(proxy, incoming.headers);
        $mend(incoming);
        incoming.on("close", () => incoming.complete || $breakOff(response));
      });
      server.on("error", (error, request, response) => $fail(proxy, error, response));
    },
  };
}

// $mend makes the head of an upstream's answer one that node:http and node:http2
// send. They throw for others, which Vite does not survive.
function $mend(answer) {
  if (answer.statusCode < 200 || answer.statusCode > 599) answer.statusCode = 502;
  answer.statusMessage = answer.statusMessage.replace(/[^\t -~\x80-\xff]/g, "");
  delete answer.headers.trailer; // it only announces, and cannot stand where no trailer can follow
}

// $breakOff ends an answer where the upstream's has broken off: Vite would leave the
// page waiting for the rest.
function $breakOff(response) {
  if (response.stream === undefined) response.destroy();
  else response.stream.close(2); // https://www.rfc-editor.org/rfc/rfc9113#INTERNAL_ERROR
}

// $fail answers for an upstream that does not, on a response or, for an upgrade, on
// a socket. Vite has neither for some errors.
function $fail(proxy, error, response) {
  const text = `dev_proxy "${proxy.name}": ${proxy.upstream} does not answer (${error.message || error.code}).\n`;
  if (response?.writeHead === undefined) {
    response?.end(`HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}`);
  } else if (!response.headersSent) {
    for (const name of response.getHeaderNames()) if (/^(?:content-|transfer-encoding$)/.test(name)) response.removeHeader(name);
    response.on("error", () => {}); // what the upstream has said before may still be written
    response.writeHead(502, { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" }).end(text);
  }
}
