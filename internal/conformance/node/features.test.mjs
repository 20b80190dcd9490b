// What frameworks and handlers do to a response that a policy must survive. The
// environment variable CORS_MODULE is the module of this policy:
//
//   policy "app" {
//     allow_origins     = ["https://app.example.com", "https://admin.example.com"]
//     allow_credentials = true
//     allow_methods     = ["PUT"]
//   }
//   policy "gate"   { allow_origins = ["https://app.example.com"]  origin_gate = true }
//   policy "open"   { allow_origins = ["*"] }
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { serve } from "@hono/node-server";
import compression from "compression";
import express4 from "express4";
import express5 from "express5";
import Fastify from "fastify";
import { Hono } from "hono";
import { WebSocket, WebSocketServer } from "ws";
import { isAllowed, listening, origin, send } from "./client.mjs";

const { app, gate, open } = await import(pathToFileURL(process.env.CORS_MODULE));
const folder = mkdtempSync(join(tmpdir(), "cors-"));
writeFileSync(join(folder, "file.txt"), "a file\n".repeat(1000));

const preflight = { method: "OPTIONS", headers: { "access-control-request-method": "PUT" } };

for (const [name, express] of Object.entries({ "Express 4": express4, "Express 5": express5 })) {
  test(`${name}: error pages, files, redirects, compression`, async (t) => {
    const server = express();
    server.use(app);
    server.use("/files", compression({ threshold: 0 }), express.static(folder));
    server.get("/throws", () => {
      throw new Error("thrown");
    });
    server.get("/next", (request, response, next) => next(Object.assign(new Error("no"), { status: 418 })));
    server.get("/moved", (request, response) => response.redirect("/"));
    server.get("/own", (request, response) => {
      response.set({ "Access-Control-Allow-Origin": "*", "access-control-max-age": "1" }).vary("Accept").json({});
    });
    server.put("/things", (request, response) => response.json({}));
    server.use((error, request, response, next) => next(error));
    const port = await listening(t, http.createServer(server));

    const get = (path, headers) => send(port, { path, headers });
    isAllowed(await get("/throws"), 500);
    isAllowed(await get("/next"), 418);
    isAllowed(await get("/none"), 404);
    isAllowed(await get("/moved"), 302, "Accept, Origin");
    const own = await get("/own");
    isAllowed(own, 200, "Accept, Origin");
    assert.equal(own.headers["access-control-max-age"], undefined);
    const file = await get("/files/file.txt", { "accept-encoding": "gzip" });
    isAllowed(file, 200, "Accept-Encoding, Origin");
    assert.equal(file.headers["content-encoding"], "gzip");
    isAllowed(await get("/files/file.txt", { "if-none-match": file.headers.etag }), 304);
    isAllowed(await get("/files/file.txt", { range: "bytes=9999999-" }), 416, "Accept-Encoding, Origin");
    const answer = await send(port, { path: "/things", ...preflight });
    isAllowed(answer, 204, "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
    assert.equal(answer.headers["x-powered-by"], "Express");
  });

  test(`${name}: on a path, on a route, twice`, async (t) => {
    const server = express();
    server.use(open);
    server.use("/api", app, (request, response) => response.send("api"));
    const port = await listening(t, http.createServer(server));
    const answer = await send(port, { path: "/api/x" });
    assert.deepEqual(answer.values("access-control-allow-origin"), ["*"], "the policy further out decides");
  });
}

test("node:http: streams, explicit headers in every form, nothing written", async (t) => {
  const forms = {
    object: (response) => response.writeHead(200, { vary: ["Accept", "origin"], "access-control-allow-origin": "*" }),
    text: (response) => response.writeHead(200, "Fine", { "X-One": "1", Vary: "Accept" }),
    flat: (response) => response.writeHead(200, ["Vary", "Accept", "Set-Cookie", "a=1", "Set-Cookie", "b=2", "ACCESS-CONTROL-ALLOW-ORIGIN", "*"]),
    nested: (response) => response.writeHead(200, [["Vary", "Accept"], ["Access-Control-Expose-Headers", "*"]]),
    both: (response) => response.setHeader("Vary", "Accept").setHeader("access-control-allow-credentials", "false").writeHead(200),
    flush: (response) => (response.setHeader("Vary", "Accept"), response.flushHeaders()),
    write: (response) => (response.setHeader("Vary", "Accept"), response.write("first ")),
  };
  const handler = app.wrap((request, response) => {
    const form = forms[request.url.slice(1)];
    if (form === undefined) return Readable.from(["a", "b"]).pipe(response);
    form(response);
    response.end("done");
  });
  const port = await listening(t, http.createServer(handler));
  for (const name of Object.keys(forms)) isAllowed(await send(port, { path: "/" + name }), 200, name === "object" ? "Accept, origin" : "Accept, Origin");
  assert.deepEqual((await send(port, { path: "/flat" })).headers["set-cookie"], ["a=1", "b=2"]);
  assert.equal((await send(port, { path: "/nested" })).headers["access-control-expose-headers"], undefined);
  const stream = await send(port);
  isAllowed(stream, 200);
  assert.equal(stream.body.toString(), "ab");
});

test("node:http: errors of writeHead are the caller's, and leave the response usable", async (t) => {
  const port = await listening(t, http.createServer(app.wrap((request, response) => {
    assert.throws(() => response.writeHead(99999));
    assert.throws(() => response.writeHead(200, { "bad name": "x" }), { code: "ERR_INVALID_HTTP_TOKEN" });
    response.writeHead(201);
    assert.throws(() => response.writeHead(200), { code: "ERR_HTTP_HEADERS_SENT" });
    response.end();
  })));
  isAllowed(await send(port), 201);
});

test("node:http: interim responses and upgrades pass", async (t) => {
  const server = http.createServer(app.wrap((request, response) => {
    response.writeProcessing();
    response.writeEarlyHints({ link: "</a.css>; rel=preload" });
    response.end();
  }));
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => socket.send("hello"));
  const port = await listening(t, server);
  const answer = await send(port);
  isAllowed(answer, 200);
  assert.deepEqual(answer.interim.map((info) => [info.statusCode, info.headers["access-control-allow-origin"]]), [[102, undefined], [103, undefined]]);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { origin: "https://stranger.example" });
  const [message] = await once(socket, "message");
  assert.equal(message.toString(), "hello");
  socket.close();
  sockets.close();
});

test("node:http: a gate, and answers without a body that keep the connection", async (t) => {
  let reached = 0;
  const port = await listening(t, http.createServer(gate.wrap((request, response) => response.end(String(++reached)))));
  const refused = await send(port, { headers: { origin: "https://stranger.example" } });
  assert.deepEqual([refused.status, refused.headers["content-length"], refused.headers["access-control-allow-origin"], reached], [403, "0", undefined, 0]);
  const allowed = await send(port, preflight);
  assert.deepEqual([allowed.status, allowed.headers["content-length"], allowed.headers["transfer-encoding"]], [204, undefined, undefined]);
  const socket = net.connect(port, "127.0.0.1");
  const ask = `OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: ${origin}\r\nAccess-Control-Request-Method: PUT\r\n\r\n`;
  socket.write(ask + ask.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
  const text = Buffer.concat(await socket.toArray()).toString();
  assert.equal(text.match(/HTTP\/1\.1 204/g).length, 2);
});

test("node:http2", async (t) => {
  const port = await listening(t, http2.createServer(app.wrap((request, response) => {
    response.setHeader("vary", "Accept");
    if (request.url === "/explicit") response.writeHead(404, { "access-control-allow-origin": "*" });
    response.end("two");
  })));
  const session = http2.connect(`http://127.0.0.1:${port}`);
  t.after(() => session.close());
  for (const [path, method, status] of [["/", "GET", 200], ["/explicit", "GET", 404], ["/", "OPTIONS", 204]]) {
    const stream = session.request({ ":path": path, ":method": method, origin, "access-control-request-method": "PUT" });
    const [headers] = await once(stream, "response");
    stream.resume();
    assert.equal(headers[":status"], status);
    assert.equal(headers["access-control-allow-origin"], origin);
    assert.equal(headers.vary.split(", ").includes("Origin"), true);
  }
});

test("Fastify: errors, hooks, hijacked replies, plugins", async (t) => {
  const fastify = Fastify();
  await fastify.register(app.fastify);
  const seen = [];
  fastify.addHook("onRequest", async (request) => seen.push(request.method));
  fastify.get("/throws", async () => {
    throw new Error("thrown");
  });
  fastify.get("/own", async (request, reply) => reply.headers({ vary: "Accept", "access-control-allow-origin": "*" }).send({}));
  fastify.get("/stream", (request, reply) => reply.send(Readable.from(["a", "b"])));
  fastify.get("/hijack", (request, reply) => (reply.hijack(), reply.raw.end("raw")));
  await fastify.register(async (scope) => scope.get("/scope", async () => "inner"), { prefix: "/in" });
  await fastify.listen({ host: "127.0.0.1", port: 0 });
  t.after(() => fastify.close());
  const { port } = fastify.server.address();
  isAllowed(await send(port, { path: "/throws" }), 500);
  isAllowed(await send(port, { path: "/none" }), 404);
  isAllowed(await send(port, { path: "/own" }), 200, "Accept, Origin");
  isAllowed(await send(port, { path: "/stream" }), 200);
  isAllowed(await send(port, { path: "/hijack" }), 200);
  isAllowed(await send(port, { path: "/in/scope" }), 200);
  assert.equal(seen.includes("OPTIONS"), false);
  isAllowed(await send(port, { path: "/anything", ...preflight }), 204, "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
  assert.equal(seen.includes("OPTIONS"), false, "no later hook sees a preflight");
  const injected = await fastify.inject({ url: "/own", headers: { origin } });
  assert.equal(injected.headers["access-control-allow-origin"], origin);
});

test("Hono on Node: errors, what is not found, streams", async (t) => {
  const hono = new Hono();
  hono.get("/throws", () => {
    throw new Error("thrown");
  });
  hono.onError((error, c) => c.text(error.message, 500));
  hono.get("/own", (c) => c.text("own", 200, { vary: "Accept", "access-control-allow-origin": "*" }));
  const server = serve({ hostname: "127.0.0.1", port: 0, fetch: (request, ...rest) => app.fetch(request, (r) => hono.fetch(r, ...rest)) });
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address();
  isAllowed(await send(port, { path: "/throws" }), 500);
  isAllowed(await send(port, { path: "/none" }), 404);
  isAllowed(await send(port, { path: "/own" }), 200, "Accept, Origin");
  isAllowed(await send(port, preflight), 204, "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
});

test("fetch: responses that cannot change, or are shared", async () => {
  const from = (origin, method = "GET") => new Request("https://api.example.com/", { method, headers: { origin } });
  const redirect = await app.fetch(from(origin), async () => Response.redirect("https://api.example.com/a"));
  assert.deepEqual([redirect.status, redirect.headers.get("access-control-allow-origin"), redirect.headers.get("location")], [302, origin, "https://api.example.com/a"]);

  const shared = new Response(null, { status: 304 });
  const first = app.fetch(from(origin), () => shared);
  const second = app.fetch(from("https://admin.example.com"), () => shared);
  const third = app.fetch(from("https://stranger.example"), () => shared);
  const allowed = (response) => response.headers.get("access-control-allow-origin");
  assert.deepEqual([first, second, third].map(allowed), [origin, "https://admin.example.com", null]);

  const failed = Response.error();
  assert.equal(app.fetch(from(origin), () => failed), failed);
  assert.throws(() => app.fetch(from(origin), () => { throw new RangeError("own"); }), RangeError);
  await assert.rejects(app.fetch(from(origin), async () => { throw new RangeError("own"); }), RangeError);
});

test("a question of one's own", () => {
  assert.equal(app.allowsOrigin(origin), true);
  assert.equal(app.allowsOrigin("https://stranger.example"), false);
  assert.equal(app.in, undefined);
});
