// What Vite's servers pass on. The environment variable VITE is the package, and
// CORS_MODULE the module of this policy, in which the upstreams get their ports:
//
//   policy "app" { allow_origins = ["https://app.example.com"]  allow_credentials = true }
//   dev_proxy "api"      { paths = ["/api/", "/login", "/a.b+c"]  upstream = "http://127.0.0.1:1" }
//   dev_proxy "special"  { paths = ["/api/special/"]              upstream = "http://localhost:2" }
//   dev_proxy "stripped" { paths = ["/v2/", "/v2/v2/"]            upstream = "http://127.0.0.1:1"  strip_prefix = true }
//   dev_proxy "dead"     { paths = ["/dead/"]                     upstream = "http://127.0.0.1:3" }
//   dev_proxy "odd"      { paths = ["/odd/"]                      upstream = "http://localhost:4" }
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { isAllowed, origin, send } from "./client.mjs";
import { create, develop, freePort, preview } from "./vitesite.mjs";

// answer says what an upstream was asked, and more where the path says so.
async function answer(request, response) {
  const body = Buffer.concat(await request.toArray()).toString();
  if (request.url.endsWith("/location")) response.writeHead(302, { location: request.headers["x-location"] });
  if (request.url.endsWith("/cookies")) response.setHeader("set-cookie", ["a=1; Domain=example.com; Path=/", "b=2; path=/things; HttpOnly"]);
  if (request.url.endsWith("/cors")) response.setHeader("access-control-allow-origin", "*").setHeader("vary", "Accept");
  if (request.url.endsWith("/stream")) {
    response.write("first");
    await once(release, "go");
    return response.end("second");
  }
  if (request.url.endsWith("/broken")) return response.write("first", () => response.destroy());
  response.end(JSON.stringify({ server: this.name, method: request.method, url: request.url, headers: request.headers, body }));
}

const release = new EventEmitter();

async function upstream(name) {
  const server = http.createServer(answer);
  server.name = name;
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket, request) => {
    socket.send(JSON.stringify({ url: request.url, headers: request.headers }));
    socket.on("message", (message) => socket.send(`echo ${message}`));
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  after(() => server.close());
  return server.address().port;
}

const api = `http://localhost:${await upstream("api")}`;
const special = `http://localhost:${await upstream("special")}`;
const odd = net.createServer((socket) => socket.on("error", () => {}).once("data", () => socket.end(odd.answer, "latin1")));
odd.listen(0, "localhost");
await once(odd, "listening");
after(() => odd.close());
const dead = "http://127.0.0.1:3";
const folder = mkdtempSync(join(tmpdir(), "cors-"));
cpSync(dirname(process.env.CORS_MODULE), folder, { recursive: true });
const file = join(folder, "vite.gen.mjs");
const text = readFileSync(file, "utf8");
const upstreams = { "http://127.0.0.1:1": api, "http://localhost:2": special, "http://localhost:4": `http://localhost:${odd.address().port}` };
writeFileSync(file, text.replace(/(?<=")http:[^"]*/g, (upstream) => upstreams[upstream] ?? upstream));
const { app, devProxy } = await import(file);

// ask returns what the upstream was asked for a request.
async function ask(port, request) {
  const { status, body } = await send(port, request);
  assert.equal(status, 200);
  return body[0] === 0x7b ? JSON.parse(body) : undefined;
}

for (const [kind, start] of Object.entries({ development: develop, preview })) {
  test(`${kind}: which path goes where`, async (t) => {
    const port = await start(t, { plugins: [devProxy] });
    for (const [path, server, url] of [
      ["/api/", "api", "/api/"],
      ["/api/things?q=/v2/", "api", "/api/things?q=/v2/"],
      ["/api/special", "api", "/api/special"],
      ["/api/special/things", "special", "/api/special/things"],
      ["/login", "api", "/login"],
      ["/login?next=%2F", "api", "/login?next=%2F"],
      ["/a.b+c", "api", "/a.b+c"],
      ["/v2/things?q", "api", "/things?q"],
      ["/v2/", "api", "/"],
      ["/v2/v2/things", "api", "/things"],
      ["/api"],
      ["/login/"],
      ["/login/x"],
      ["/loginx"],
      ["/aXb+c"],
      ["/x/api/"],
    ]) {
      const asked = await ask(port, { path, headers: { accept: "text/html" } });
      assert.deepEqual([path, asked?.server, asked?.url], [path, server, url]);
    }
  });

  test(`${kind}: an upstream that does not answer`, async (t) => {
    const port = await start(t, { plugins: [devProxy, app] });
    const refused = await send(port, { path: "/dead/things" });
    isAllowed(refused, 502);
    assert.equal(refused.body.toString(), `dev_proxy "dead": ${dead} does not answer (connect ECONNREFUSED 127.0.0.1:3).\n`);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/dead/`);
    const [, response] = await once(socket, "unexpected-response");
    assert.equal(response.statusCode, 502);
  });
}

test("an upstream that is the server itself is asked once", async (t) => {
  const port = await freePort();
  const own = join(folder, "own.mjs");
  writeFileSync(own, text.replaceAll(dead, `http://localhost:${port}`));
  await develop(t, { plugins: [(await import(own)).devProxy], server: { port } });
  const refused = await send(port, { path: "/dead/things" });
  assert.deepEqual([refused.status, refused.body.toString()], [502, `dev_proxy "dead": http://localhost:${port} does not answer (it is this server).\n`]);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/dead/`);
  const [, response] = await once(socket, "unexpected-response");
  assert.equal(response.statusCode, 502);
});

test("Host is the upstream's, and a body arrives with its cookies", async (t) => {
  const port = await develop(t, { plugins: [devProxy] });
  const headers = { "content-type": "application/json", cookie: "session=1" };
  const asked = await ask(port, { method: "POST", path: "/api/things", headers, body: '{"a":1}' });
  assert.deepEqual([asked.method, asked.body, asked.headers.host], ["POST", '{"a":1}', new URL(api).host]);
  assert.deepEqual([asked.headers["content-type"], asked.headers.cookie], ["application/json", "session=1"]);
});

test("Origin becomes the upstream's for pages of the server alone", async (t) => {
  const port = await develop(t, { plugins: [devProxy], server: { allowedHosts: ["app.test"] } });
  for (const [headers, want] of [
    [{ origin: `http://127.0.0.1:${port}` }, api],
    [{ origin: "http://localhost:1", "sec-fetch-site": "same-origin" }, api],
    [{ origin: `http://app.test:${port}`, host: `app.test:${port}` }, api],
    [{ origin: "https://stranger.example" }, "https://stranger.example"],
    [{ origin: `http://127.0.0.1:${port}`, "sec-fetch-site": "same-site" }, `http://127.0.0.1:${port}`],
    [{ origin: `http://localhost:${port}` }, `http://localhost:${port}`],
    [{ origin: "null" }, "null"],
  ]) {
    const asked = await ask(port, { method: "POST", path: "/api/things", headers });
    assert.equal(asked.headers.origin, want);
  }
});

test("Location and Set-Cookie are the server's own", async (t) => {
  const port = await develop(t, { plugins: [devProxy] });
  for (const [path, location, want] of [
    ["/api/location", `${api}/api/there?q#f`, "/api/there?q#f"],
    ["/v2/location", `${api}/there`, "/v2/there"],
    ["/v2/location", "/there", "/v2/there"],
    ["/api/location", "https://login.example.com/", "https://login.example.com/"],
    ["/api/location", "next", "next"],
  ]) {
    const moved = await send(port, { path, headers: { "x-location": location } });
    assert.deepEqual([moved.status, moved.headers.location], [302, want]);
  }
  const { headers } = await send(port, { path: "/api/cookies" });
  assert.deepEqual(headers["set-cookie"], ["a=1; Path=/", "b=2; path=/things; HttpOnly"]);
});

test("the policy decides on what the upstream answers, too", async (t) => {
  const port = await develop(t, { plugins: [devProxy, app] });
  isAllowed(await send(port, { path: "/api/cors" }), 200, "Accept, Origin");
  const preflight = await send(port, { method: "OPTIONS", path: "/api/cors", headers: { "access-control-request-method": "PUT" } });
  isAllowed(preflight, 204, "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
});

test("a stream arrives as it is written", async (t) => {
  const port = await develop(t, { plugins: [devProxy] });
  const request = http.get({ host: "127.0.0.1", port, path: "/api/stream", agent: false });
  const [response] = await once(request, "response");
  const [first] = await once(response, "data");
  assert.equal(first.toString(), "first");
  release.emit("go");
  const [second] = await once(response, "data");
  assert.equal(second.toString(), "second");
});

test("an answer that breaks off does so for the page", async (t) => {
  const port = await develop(t, { plugins: [devProxy] });
  await assert.rejects(send(port, { path: "/api/broken" }), { code: "ECONNRESET" });
});

for (const [kind, start] of Object.entries({ development: develop, preview })) {
  test(`${kind}: WebSockets`, async (t) => {
    const port = await start(t, { plugins: [devProxy, app] });
    for (const [path, url, from, want] of [
      ["/api/socket?q", "/api/socket?q", `http://127.0.0.1:${port}`, api],
      ["/v2/socket", "/socket", "https://stranger.example", "https://stranger.example"],
    ]) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { origin: from });
      const asked = JSON.parse((await once(socket, "message"))[0]);
      assert.deepEqual([asked.url, asked.headers.origin, asked.headers.host], [url, want, new URL(api).host]);
      socket.send("hello");
      assert.equal((await once(socket, "message")).toString().startsWith("echo hello"), true);
      socket.close();
    }
  });
}

// Vite 5 and 6 speak HTTP/1.1 where they have a proxy.
test("HTTP/2", { skip: process.env.VITE < "vite7" }, async (t) => {
  const [cert, key] = ["cert.pem", "key.pem"].map((name) => readFileSync(join(process.env.CERTIFICATE, name)));
  const port = await develop(t, { plugins: [devProxy, app], server: { https: { cert, key } } });
  const session = http2.connect(`https://localhost:${port}`, { ca: cert });
  t.after(() => session.close());
  const stream = session.request({ ":path": "/api/things", ":method": "POST", origin: `https://localhost:${port}`, "sec-fetch-site": "same-origin" });
  stream.end("{}");
  const [headers] = await once(stream, "response");
  const asked = JSON.parse(Buffer.concat(await stream.toArray()));
  assert.equal(headers.vary, "Origin");
  const broken = session.request({ ":path": "/api/broken" });
  await assert.rejects(broken.toArray());
  assert.deepEqual([headers[":status"], asked.headers.origin, asked.headers.host, asked.body], [200, api, new URL(api).host, "{}"]);
});

// What makes Vite's proxy throw, or answer twice on one connection.
for (const [head, body, want] of [
  ["HTTP/1.1 000 None\r\nContent-Length: 2", "ok", 502],
  ["HTTP/1.1 101 Other\r\nConnection: Upgrade\r\nUpgrade: other", "", 502],
  ["HTTP/1.1 999 High\r\nContent-Length: 2", "ok", 502],
  ["HTTP/1.1 099 Low\r\nContent-Length: 2", "ok", 502],
  ["HTTP/1.1 200 \x01\r\nContent-Length: 2", "ok", 200],
  ["HTTP/1.1 200 OK\r\nTrailer: X\r\nContent-Length: 2", "ok", 200],
  ["HTTP/1.1 204 \x01\r\nContent-Length: 2", "ok", 502],
  ["HTTP/1.1 304 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip", "2\r\nok\r\n0\r\n\r\n", 502],
  ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", "2\r\nok\r\n0\r\nX: \x01\r\n\r\n", 502],
]) {
  test(`an answer that is none: ${JSON.stringify(head)}`, async (t) => {
    odd.answer = `${head}\r\n\r\n${body}`;
    const port = await develop(t, { plugins: [devProxy] });
    const { status, headers, body: got } = await send(port, { path: "/odd/" });
    assert.deepEqual([status, headers["content-encoding"]], [want, undefined]);
    if (got.toString() !== "ok") assert.match(got.toString(), /^dev_proxy "odd": .*\.\n$/);
    assert.equal((await ask(port, { path: "/api/" })).server, "api", "the server is still there");
  });
}

test("entries of others", async (t) => {
  const others = { "/other": api, "/api/own": special };
  for (const start of [develop, preview]) { // the preview server has those of the development server, too
    const port = await start(t, { plugins: [devProxy], server: { proxy: others } });
    assert.equal((await ask(port, { path: "/other" })).server, "api");
    assert.equal((await ask(port, { path: "/api/own" })).server, "special");
    assert.equal((await ask(port, { path: "/api/things" })).server, "api");
  }
  const port = await preview(t, { plugins: [devProxy], server: { proxy: others }, preview: { proxy: {} } });
  assert.equal(await ask(port, { path: "/other", headers: { accept: "text/html" } }), undefined);
  assert.equal((await ask(port, { path: "/api/things" })).server, "api");
});

for (const [name, config, message] of [
  ["the same key", { server: { proxy: { "/api/": api } } }, /server\.proxy has an entry "\/api\/", which takes \/api\/special\/ of dev_proxy "special"/],
  ["a shorter key", { server: { proxy: { "/lo": { target: api } } } }, /"\/lo", which takes \/login/],
  ["an expression", { server: { proxy: { "^/dead": api } } }, /"\^\/dead", which takes \/dead\//],
  ["of the preview server", { preview: { proxy: { "/api": api } } }, /preview\.proxy has an entry "\/api"/],
  ["of a plugin", { plugins: [devProxy, { name: "late", config: () => ({ server: { proxy: { "/v2/": api } } }) }] }, /"\/v2\/", which takes \/v2\//],
]) {
  test(`an entry that takes a path is an error: ${name}`, async (t) => {
    await assert.rejects(create(t, { plugins: [devProxy], ...config }), message);
  });
}
