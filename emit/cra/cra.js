// What follows passes requests on. It is the same for every program.

const $diagnostics = require("node:diagnostics_channel");
const $http = require("node:http");
const $https = require("node:https");
const { pipeline: $pipeline } = require("node:stream");

const $agents = { "http:": new $http.Agent({ keepAlive: true }), "https:": new $https.Agent({ keepAlive: true }) };

// devProxy is middleware: it passes on what belongs to a dev proxy, and leaves all
// else to the server.
function devProxy(request, response, next) {
  $passUpgrades(request.socket.server);
  const proxy = $proxyOf($devProxies, $target(request));
  if (proxy === undefined) return next();
  const outgoing = $pass(proxy, request, response);
  if (outgoing === undefined) return;
  request.on("end", () => outgoing.addTrailers(request.trailers));
  request.pipe(outgoing);
  response.on("close", () => request.unpipe(outgoing).resume()); // the connection goes on behind what nobody reads
}

// $target returns the target of a request, whatever path this is mounted on.
function $target(request) {
  return request.originalUrl ?? request.url;
}

// $pass sends a request to the upstream, and its answer to response. Nothing is
// returned where the request is refused.
function $pass(proxy, request, response) {
  if (!$isOwnHost(request.headers.host, $names())) return $say(response, 403, $strangeHost);
  if (request.upgrade && $hasBody(request.headers)) return $say(response, 400, "A request for another protocol cannot have a body here.");
  const outgoing = $send(proxy, request);
  outgoing.on("response", (answer) => $answer(proxy, answer, response));
  outgoing.on("error", (error) => $fail(proxy, response, error.message || error.code));
  outgoing.on("close", () => $fail(proxy, response, "it changes the protocol")); // the one end that is no error
  response.on("close", () => outgoing.destroy());
  if ($leadsHere(proxy, request)) outgoing.destroy(new Error("it is this server"));
  return outgoing;
}

// $names are the host names that the server is started with.
function $names() {
  const { DANGEROUSLY_DISABLE_HOST_CHECK, HOST, WDS_SOCKET_HOST } = process.env;
  return DANGEROUSLY_DISABLE_HOST_CHECK === "true" || [HOST, WDS_SOCKET_HOST].filter(Boolean);
}

const $strangeHost =
  "This server is not started for that host name, and a page of any site could make its name lead here to read what " +
  "the upstream answers. Ask for localhost, or name the host in the environment variable HOST or WDS_SOCKET_HOST.";

// $hasBody goes by what says where a body ends.
function $hasBody(headers) {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

function $send(proxy, request) {
  const headers = $endToEnd(request.headers);
  headers.host = proxy.url.host;
  if (headers.origin !== undefined) headers.origin = $originFor(proxy, request.headers, $names());
  if (request.headers["transfer-encoding"] !== undefined) headers["transfer-encoding"] = request.headers["transfer-encoding"];
  if (request.upgrade) Object.assign(headers, { connection: "Upgrade", upgrade: request.headers.upgrade });
  delete headers.expect; // node:http has told the client to continue
  const { request: send } = proxy.url.protocol === "https:" ? $https : $http;
  const agent = $agents[proxy.url.protocol];
  return send(proxy.url, { agent, method: request.method, path: $targetFor(proxy, $target(request)), headers, autoSelectFamily: true });
}

// $endToEnd returns the headers that are not about one connection
// (https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1). The length of a body is
// not, whatever Connection says. Trailer only announces, and node:http throws where
// no trailer can follow.
function $endToEnd(headers) {
  const named = (headers.connection ?? "").toLowerCase().split(",").map((name) => name.trim());
  const hops = new Set(["connection", "proxy-connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", ...named]);
  hops.delete("content-length");
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hops.has(name)));
}

function $answer(proxy, answer, response) {
  if (!$head(proxy, answer, response, {})) return;
  answer.on("end", () => response.addTrailers(answer.trailers));
  $pipeline(answer, response, () => {}); // where one of them breaks off, the other does
}

// $head begins to answer as the upstream does, and reports whether that was an
// answer that node:http sends.
function $head(proxy, answer, response, more) {
  const headers = $endToEnd(answer.headers);
  $restore(proxy, headers);
  try {
    response.writeHead(answer.statusCode, answer.statusMessage, Object.assign(headers, more));
    return true;
  } catch (error) {
    for (const name of Object.keys(headers)) response.removeHeader(name);
    $fail(proxy, response, error.message);
    return false;
  }
}

// $fail answers for an upstream that does not. What it has begun to answer,
// $pipeline breaks off.
function $fail(proxy, response, why) {
  if (!response.headersSent) $say(response, 502, `dev_proxy "${proxy.name}": ${proxy.upstream} does not answer (${why}).`);
}

function $say(response, status, text) {
  response.writeHead(status, $http.STATUS_CODES[status], { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" });
  response.end(text + "\n");
}

// $passUpgrades makes a server pass WebSockets on, which no middleware sees.
function $passUpgrades(server) {
  if ($servers.has(server)) return;
  $servers.add(server);
  server.on("upgrade", (request, socket, head) => {
    const proxy = $proxyOf($devProxies, request.url);
    if (proxy !== undefined && $pathOf(request.url) !== $reloading()) $upgrade(proxy, request, socket, head);
    else if (server.listenerCount("upgrade") === 1) socket.destroy(); // nobody else answers
  });
}

const $servers = new WeakSet();

// $reloading is the path of the server's own WebSocket, by which it reloads pages.
function $reloading() {
  return process.env.WDS_SOCKET_PATH ?? "/ws";
}

// A WebSocket may be what a server is asked for first: pages that are open outlive a
// start. Express 4, which Create React App's server stands on, then says by its
// connection that it has devProxy.
const $connections = $diagnostics.channel("net.server.socket");
$connections.subscribe(({ socket: { server } }) => {
  const uses = ({ _router }) => _router?.stack.some(({ handle }) => handle === devProxy);
  if (server?.listeners("request").some(uses)) $passUpgrades(server);
});

function $upgrade(proxy, request, socket, head) {
  const leave = () => socket.destroy(); // a client has nothing to say before it is answered
  socket.on("error", leave).on("end", leave).on("data", leave);
  const response = $responseOn(socket, request);
  if (response === undefined) return leave();
  const outgoing = $pass(proxy, request, response);
  outgoing?.on("upgrade", (answer, upstream, first) => {
    const more = { connection: "Upgrade", upgrade: answer.headers.upgrade };
    if (!$head(proxy, answer, response, more)) return upstream.destroy();
    response.flushHeaders();
    response.detachSocket(socket);
    socket.off("end", leave).off("data", leave).unshift(head);
    upstream.unshift(first);
    $pipeline(socket, upstream, socket, () => {});
  });
  outgoing?.end();
}

// $responseOn returns a response that goes out on a socket. There is none where the
// answer to an earlier request does still.
function $responseOn(socket, request) {
  const response = new $http.ServerResponse(request);
  response.shouldKeepAlive = false;
  response.on("finish", () => socket.end());
  try {
    response.assignSocket(socket);
    return response;
  } catch {
    return undefined;
  }
}
