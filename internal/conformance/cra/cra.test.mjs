// What the development servers do of which a policy and devProxy must know. The
// environment variable SERVER is the kind that server.cjs starts, and CORS_MODULE the
// module of this policy, in which the upstream gets its port:
//
//   policy "app" { allow_origins = ["https://app.example.com"]  allow_credentials = true  allow_methods = ["PUT"] }
//   dev_proxy "api"  { paths = ["/api/"]   upstream = "http://localhost:2" }
//   dev_proxy "dead" { paths = ["/dead/"]  upstream = "http://localhost:1" }
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isAllowed, send } from "../node/client.mjs";

const here = dirname(fileURLToPath(import.meta.url));

// The upstream says what it was asked, and sets headers that are the policy's.
const upstream = http.createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  response.writeHead(201, { "access-control-allow-origin": "https://api.example.com", vary: "Accept" });
  response.end(JSON.stringify({ url: request.url, headers: request.headers, body }));
});
upstream.on("upgrade", (request, socket) => {
  socket.end(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n${request.url} of ${request.headers.origin}`);
});
upstream.listen(0, "localhost");
await once(upstream, "listening");
after(() => upstream.close());
const to = `http://localhost:${upstream.address().port}`;

// write writes an app, as README.md says to, and returns its folder.
function write() {
  const app = mkdtempSync(join(tmpdir(), "cra-"));
  cpSync(dirname(process.env.CORS_MODULE), join(app, "cors"), { recursive: true });
  const module = join(app, "cors/cra.gen.cjs");
  const [, setup] = readFileSync(join(app, "cors/README.md"), "utf8").split(/```(?:js)?\n/);
  for (const [name, text] of Object.entries({
    "cors/cra.gen.cjs": readFileSync(module, "utf8").replaceAll("http://localhost:2", to),
    "package.json": '{ "name": "app", "private": true, "browserslist": ["last 1 chrome version"] }',
    "public/index.html": "<!doctype html><title>app</title>",
    "public/file.txt": "a file\n".repeat(1000),
    "src/index.js": 'document.title = "built";\n',
    "src/setupProxy.js": setup,
  })) {
    mkdirSync(dirname(join(app, name)), { recursive: true });
    writeFileSync(join(app, name), text);
  }
  symlinkSync(join(here, "node_modules"), join(app, "node_modules"));
  return app;
}

// start starts the server and returns its port, at which it need not listen yet.
async function start() {
  const server = spawn(process.execPath, [join(here, "server.cjs"), process.env.SERVER], { cwd: write(), stdio: ["ignore", "pipe", "inherit"] });
  after(() => server.kill("SIGKILL"));
  let said = "";
  for await (const data of server.stdout.iterator({ destroyOnReturn: false })) {
    const port = /^port (\d+)$/m.exec((said += data));
    if (port) return (server.stdout.resume(), Number(port[1]));
  }
  throw new Error(said);
}

// exchange writes bytes to a connection and returns what comes back in two seconds.
async function exchange(port, text) {
  const socket = net.connect(port, "127.0.0.1").setTimeout(2000);
  let all = "";
  socket.on("data", (data) => (all += data)).on("error", () => {}).on("timeout", () => socket.destroy());
  socket.write(text);
  await new Promise((resolve) => socket.once("close", resolve));
  return all;
}

// first returns what comes back on the first connection of a server that is about to
// listen. To see whether a port is free, it may listen there for a moment before.
async function first(port, text) {
  const end = Date.now() + 60_000;
  let all = "";
  while (all === "" && Date.now() < end) {
    await sleep(20);
    all = await exchange(port, text);
  }
  return all;
}

const handshake = (port, path, origin = `http://localhost:${port}`) =>
  `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nOrigin: ${origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;

const port = await start();
const local = { host: `localhost:${port}` };

test("a WebSocket is the first that the server is asked for", async () => {
  assert.match(await first(port, handshake(port, "/api/first")), new RegExp(`^HTTP/1.1 101 .*/api/first of ${to}$`, "s"));
});

test("all that the server answers is as the policy says", async () => {
  for (const path of ["/", "/static/js/bundle.js", "/file.txt", "/none.json"]) {
    const allowed = await send(port, { path, headers: { ...local, "accept-encoding": "gzip" } });
    assert.deepEqual([allowed.values("access-control-allow-origin"), allowed.values("access-control-allow-credentials")], [["https://app.example.com"], ["true"]], path);
    assert.deepEqual([allowed.values("access-control-allow-methods"), allowed.values("access-control-allow-headers")], [[], []], path);
    const refused = await send(port, { path, headers: { ...local, origin: "https://stranger.example" } });
    assert.deepEqual(Object.keys(refused.headers).filter((name) => name.startsWith("access-control-")), [], path);
    assert.match(refused.headers.vary, /(^|, )Origin(,|$)/, path);
  }
  isAllowed(await send(port, { path: "/api/x", method: "OPTIONS", headers: { ...local, "access-control-request-method": "PUT" } }), 204,
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
});

test("what is passed on, and as what", async () => {
  const answer = await send(port, { path: "/api/a?b", method: "PUT", body: "body", headers: { ...local, origin: `http://localhost:${port}` } });
  assert.deepEqual([answer.status, answer.headers["access-control-allow-origin"], answer.headers.vary], [201, undefined, "Accept, Origin"]);
  const { url, headers, body } = JSON.parse(answer.body);
  assert.deepEqual([url, body, headers.host, headers.origin], ["/api/a?b", "body", to.slice("http://".length), to]);
  const other = await send(port, { path: "/api/", headers: local });
  isAllowed(other, 201, "Accept, Origin");
  assert.equal(JSON.parse(other.body).headers.origin, "https://app.example.com");
  const dead = await send(port, { path: "/dead/", headers: local });
  isAllowed(dead, 502);
  assert.match(dead.body.toString(), /^dev_proxy "dead": http:\/\/localhost:1 does not answer/);
});

test("a name that a stranger has made lead here is refused", async () => {
  const answer = await send(port, { path: "/api/", headers: { host: `evil.example:${port}`, origin: `http://evil.example:${port}` } });
  assert.equal(answer.status, 403);
});

test("WebSockets go to the upstream, and the server keeps its own", async () => {
  assert.match(await exchange(port, handshake(port, "/api/socket")), new RegExp(`^HTTP/1.1 101 .*/api/socket of ${to}$`, "s"));
  assert.match(await exchange(port, handshake(port, "/api/socket", "https://stranger.example")), /of https:\/\/stranger.example$/);
  assert.match(await exchange(port, handshake(port, "/ws")), /^HTTP\/1.1 101 .*"type":"hash"/s);
  assert.match(await exchange(port, handshake(port, "/dead/")), /^HTTP\/1.1 502 /);
});
