// Development servers with devProxy, upstreams and clients. The environment variable
// MODULE is the module of a policy with these dev proxies, in which the upstreams get
// their ports:
//
//   dev_proxy "api"    { paths = ["/api/"]    upstream = "http://localhost:2" }
//   dev_proxy "short"  { paths = ["/short/"]  upstream = "http://localhost:2"  strip_prefix = true }
//   dev_proxy "secure" { paths = ["/secure/"] upstream = "https://localhost:2" }
//   dev_proxy "ws"     { paths = ["/ws"]      upstream = "http://localhost:2" }
//   dev_proxy "dead"   { paths = ["/dead/"]   upstream = "http://localhost:1" }
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import net from "node:net";
import { dirname, join } from "node:path";

// listening starts a server for the duration of a test and returns its port.
export async function listening(t, server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => (server.closeAllConnections?.(), server.close()));
  return server.address().port;
}

// load returns devProxy for an upstream at a port.
export function load(port) {
  const file = join(dirname(process.env.MODULE), `${port}.cjs`);
  writeFileSync(file, readFileSync(process.env.MODULE, "utf8").replaceAll("localhost:2", `localhost:${port}`));
  return createRequire(import.meta.url)(file).devProxy;
}

// site returns a development server: devProxy, and a page for all else.
export function site(upstream) {
  const devProxy = load(upstream);
  return http.createServer((request, response) => devProxy(request, response, () => response.end("page")));
}

// raw returns an upstream that answers, once on a connection, by writing to it.
export function raw(answer) {
  return net.createServer((socket) => socket.on("error", () => {}).once("data", (data) => answer(socket, data.toString("latin1"))));
}

// start starts an upstream, or an answer of one, and returns its port and that of a
// development server for it.
export async function start(t, upstream) {
  const port = await listening(t, upstream instanceof net.Server ? upstream : http.createServer(upstream));
  return [await listening(t, site(port)), port];
}

// send sends a request over a connection of its own and returns the whole answer.
export async function send(port, { method = "GET", path = "/api/", headers = {}, body } = {}) {
  const request = http.request({ host: "127.0.0.1", port, method, path, headers: { host: `localhost:${port}`, ...headers }, agent: false });
  request.end(body);
  const [response] = await once(request, "response");
  const text = Buffer.concat(await response.toArray()).toString();
  return { status: response.statusCode, message: response.statusMessage, headers: response.headers, trailers: response.trailers, text };
}

// exchange writes bytes to a connection and returns all that comes back.
export async function exchange(port, text) {
  const socket = net.connect(port, "127.0.0.1");
  socket.write(text);
  return Buffer.concat(await socket.toArray()).toString("latin1");
}

// echo answers with what it is asked.
export const echo = async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString("latin1");
  const { method, url, headers, trailers } = request;
  response.end(JSON.stringify({ method, url, headers, trailers, body }));
};
