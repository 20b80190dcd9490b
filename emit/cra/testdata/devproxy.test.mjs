// What clients and upstreams do that devProxy must survive; see servers.mjs. The
// environment variable CERTIFICATE is a folder with one.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { echo, exchange, listening, load, raw, send, site, start } from "./servers.mjs";

test("method, path, query, headers and body arrive, and the answer comes back", async (t) => {
  const [port, to] = await start(t, async (request, response) => {
    response.writeHead(207, "Fine", { "X-One": "1", Vary: "Accept", "Set-Cookie": ["a=1; Domain=x", "b=2"], Location: `http://localhost:${to}/api/next` });
    await echo(request, response);
  });
  const headers = { origin: `http://localhost:${port}`, "x-two": ["2", "3"], cookie: "c=1; d=2", "x-forwarded-for": "1.2.3.4", "user-agent": "test" };
  const answer = await send(port, { method: "PATCH", path: "/api/a%2Fb/../c?d=e&d=%00", headers, body: "body\xff" });
  assert.deepEqual([answer.status, answer.message, answer.headers["x-one"], answer.headers.vary], [207, "Fine", "1", "Accept"]);
  assert.deepEqual([answer.headers["set-cookie"], answer.headers.location], [["a=1", "b=2"], "/api/next"]);
  const seen = JSON.parse(answer.text);
  assert.deepEqual([seen.method, seen.url, seen.body], ["PATCH", "/api/a%2Fb/../c?d=e&d=%00", Buffer.from("body\xff").toString("latin1")]);
  assert.deepEqual(seen.headers, {
    ...{ ...headers, "x-two": "2, 3", origin: `http://localhost:${to}`, host: `localhost:${to}` },
    ...{ "content-length": "6", connection: "keep-alive" },
  });
  const short = await send(port, { path: "/short/a?b" });
  assert.deepEqual([JSON.parse(short.text).url, short.headers.location], ["/a?b", "/short/api/next"]);
  assert.equal((await send(port, { path: "/other" })).text, "page");
  assert.equal(JSON.parse((await send(port, { headers: { origin: "https://evil.example" } })).text).headers.origin, "https://evil.example");
});

test("a stranger's name that leads here is refused, but for the names of the server", async (t) => {
  const [port, to] = await start(t, echo);
  const refused = await send(port, { headers: { host: `evil.example:${port}`, origin: `http://evil.example:${port}` }, method: "POST", body: "x" });
  assert.equal(refused.status, 403);
  assert.match(refused.text, /HOST/);
  assert.equal((await send(port, { path: "/other", headers: { host: "evil.example" } })).text, "page");
  for (const [name, value] of [["HOST", "devbox"], ["WDS_SOCKET_HOST", "devbox"], ["DANGEROUSLY_DISABLE_HOST_CHECK", "true"]]) {
    process.env[name] = value;
    t.after(() => delete process.env[name]);
    const answer = await send(port, { headers: { host: `devbox:${port}`, origin: `http://devbox:${port}` } });
    assert.equal(JSON.parse(answer.text).headers.origin, `http://localhost:${to}`);
    delete process.env[name];
  }
});

test("headers of one connection stay there, in both directions", async (t) => {
  const [port, to] = await start(t, raw((socket, request) => {
    const text = JSON.stringify(request.split("\r\n"));
    socket.end(`HTTP/1.1 200 OK\r\nConnection: X-Hop, close\r\nX-Hop: 1\r\nKeep-Alive: timeout=1\r\nProxy-Connection: close\r\nX-End: 1\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
  }));
  const answer = await exchange(port, `GET /api/ HTTP/1.1\r\nHost: localhost\r\nConnection: close, X-Hop , host,content-length\r\nX-Hop: 1\r\nTE: trailers\r\nProxy-Connection: a\r\nKeep-Alive: 1\r\nX-End: 1\r\nContent-Length: 0\r\n\r\n`);
  assert.match(answer, /^HTTP\/1.1 200 OK\r\nX-End: 1\r\n/i);
  assert.doesNotMatch(answer.split("\r\n\r\n")[0], /x-hop|proxy-connection|timeout/i);
  const seen = JSON.parse(answer.slice(answer.indexOf("[")));
  assert.deepEqual(seen.map((line) => line.toLowerCase()).sort(), ["", "", "connection: keep-alive", "content-length: 0", "get /api/ http/1.1", `host: localhost:${to}`, "x-end: 1"]);
});

test("a body has one end, whatever the method", async (t) => {
  const [port, to] = await start(t, echo);
  for (const method of ["GET", "DELETE", "OPTIONS", "POST"]) {
    for (const headers of [{ "transfer-encoding": "chunked" }, { "content-length": "4" }]) {
      const seen = JSON.parse((await send(port, { method, headers, body: "body" })).text);
      assert.deepEqual([seen.method, seen.body], [method, "body"]);
    }
  }
  const smuggled = await exchange(port, "POST /api/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/ HTTP/1.1\r\n\r\n");
  assert.match(smuggled, /^HTTP\/1.1 400 /);
});

test("trailers arrive in both directions", async (t) => {
  const [port, to] = await start(t, async (request, response) => {
    await request.toArray();
    response.writeHead(200, { Trailer: "X-Sum" });
    response.addTrailers({ "X-Sum": request.trailers["x-sum"] + "!" });
    response.end("a");
  });
  const answer = await exchange(port, "POST /api/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 7\r\n\r\n");
  assert.match(answer, /\r\n0\r\nX-Sum: 7!\r\n\r\n$/i);
});

test("a trailer that is announced where none can follow is no reason to break down", async (t) => {
  const [port] = await start(t, raw((socket) => socket.end("HTTP/1.1 200 OK\r\nTrailer: X\r\nContent-Length: 2\r\n\r\nok")));
  assert.equal((await send(port)).text, "ok");
  assert.match(await exchange(port, "POST /api/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTrailer: X\r\nContent-Length: 1\r\n\r\na"), /ok$/);
});

test("answers without a body", async (t) => {
  const [port, to] = await start(t, (request, response) => {
    const status = Number(request.url.slice("/api/".length));
    response.writeHead(status, status === 204 ? {} : { "Content-Length": "5", ETag: '"a"' });
    response.end(request.method === "HEAD" || status !== 200 ? undefined : "12345");
  });
  for (const [method, status, length] of [["GET", 200, "5"], ["HEAD", 200, "5"], ["GET", 204, undefined], ["GET", 304, "5"], ["HEAD", 404, "5"]]) {
    const answer = await send(port, { method, path: `/api/${status}` });
    assert.deepEqual([answer.status, answer.headers["content-length"], answer.headers["transfer-encoding"]], [status, length, undefined]);
  }
  const two = await exchange(port, "HEAD /api/200 HTTP/1.1\r\nHost: localhost\r\n\r\nGET /api/204 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  assert.equal(two.match(/HTTP\/1.1 20[04]/g).length, 2);
});

test("an interim answer is no answer, and a client may ask to continue", async (t) => {
  const [port, to] = await start(t, raw((socket, request) => {
    assert.doesNotMatch(request, /expect/i);
    socket.end("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  }));
  const answer = await exchange(port, "POST /api/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab");
  assert.match(answer, /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK\r\n/);
  assert.match(answer, /ok$/);
});

test("an upstream that is not there, or says what is no answer, is a 502 that names it", async (t) => {
  const [port] = await start(t, echo);
  const dead = await send(port, { path: "/dead/", method: "POST", body: "x".repeat(1_000_000) });
  assert.equal(dead.status, 502);
  assert.match(dead.text, /^dev_proxy "dead": http:\/\/localhost:1 does not answer \(.*ECONNREFUSED.*\)\.\n$/);
  assert.equal(dead.headers["content-type"], "text/plain; charset=utf-8");
  for (const text of [
    "", "hello\r\n\r\n", "HTTP/1.1 000 None\r\n\r\n", "HTTP/1.1 099 Low\r\nContent-Length: 1\r\n\r\nx", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "HTTP/1.1 20 x\r\n\r\n", "HTTP/1.1 200 \x01\r\n\r\n",
    `HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}\r\n\r\n`, "HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", "HTTP/1.1 200 OK\r\nbad name: a\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
  ]) {
    await t.test(JSON.stringify(text.slice(0, 60)), async (t) => {
      const [port] = await start(t, raw((socket) => socket.end(text)));
      assert.equal((await send(port)).status, 502);
    });
  }
});

test("nothing of an answer that cannot be sent is in the 502", async (t) => {
  const upstream = await listening(t, raw((socket) => socket.end("HTTP/1.1 200 \x01\r\nContent-Length: 2\r\nContent-Encoding: gzip\r\nSet-Cookie: a=1\r\n\r\nok")));
  const page = site(upstream);
  page.prependListener("request", (request, response) => response.setHeader("X-Own", "1")); // as Express does
  const { status, headers, text } = await send(await listening(t, page));
  assert.deepEqual([status, headers["x-own"], headers["content-encoding"], headers["set-cookie"]], [502, "1", undefined, undefined]);
  assert.match(text, /does not answer \(Invalid character in statusMessage\)\.\n$/);
});

test("an upstream that is this server itself is not asked", async (t) => {
  let requests = 0;
  let handle;
  const port = await listening(t, http.createServer((...args) => (requests++, handle(...args))));
  handle = load(port);
  assert.match((await send(port)).text, /does not answer \(it is this server\)/);
  assert.equal(requests, 1);
});

test("a certificate is verified", async (t) => {
  const read = (name) => readFileSync(join(process.env.CERTIFICATE, name));
  const [port] = await start(t, https.createServer({ cert: read("cert.pem"), key: read("key.pem") }, echo));
  const answer = await send(port, { path: "/secure/" });
  assert.equal(answer.status, 502);
  assert.match(answer.text, /certificate/);
});

test("an odd answer that is one passes", async (t) => {
  const [port] = await start(t, raw((socket) => socket.end("HTTP/1.0 299 \xe4\r\nX: \xc3\xa9\r\n__proto__: a\r\nSet-Cookie: a\r\nset-cookie: b\r\n\r\nto the end", "latin1")));
  const answer = await exchange(port, "GET /api/ HTTP/1.0\r\nHost: localhost\r\n\r\n");
  assert.match(answer, /^HTTP\/1.1 299 \xe4\r\n/);
  assert.match(answer, /\r\nX: \xc3\xa9\r\n/i);
  assert.match(answer, /\r\nset-cookie: a\r\nset-cookie: b\r\n/i);
  assert.match(answer, /to the end$/);
});

test("an upstream that dies in the middle of a body breaks the answer off", async (t) => {
  for (const head of ["Content-Length: 100", "Transfer-Encoding: chunked"]) {
    await t.test(head, async (t) => {
      const [port] = await start(t, raw((socket) => (socket.write(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n1\r\na\r\n`), setTimeout(() => socket.destroy(), 50))));
      await assert.rejects(send(port), { code: "ECONNRESET" });
    });
  }
});

test("a client that leaves takes the request to the upstream with it", async (t) => {
  for (const early of [true, false]) {
    await t.test(early ? "before the answer" : "in the answer", async (t) => {
      let arrived, left;
      const came = new Promise((resolve) => (arrived = resolve));
      const gone = new Promise((resolve) => (left = resolve));
      const [port] = await start(t, (request, response) => {
        arrived();
        response.on("close", left);
        if (!early) response.write("a");
      });
      const request = http.request({ host: "127.0.0.1", port, path: "/api/", headers: { host: "localhost" }, agent: false });
      request.on("error", () => {}).end();
      await (early ? came : once(request, "response"));
      request.destroy();
      await gone;
    });
  }
});

test("nothing is kept in memory", async (t) => {
  const chunk = Buffer.alloc(1 << 16);
  let written = 0;
  const [port] = await start(t, (request, response) => {
    const write = () => {
      while (!response.destroyed && written < 400 << 20) {
        written += chunk.length;
        if (!response.write(chunk)) return response.once("drain", write);
      }
    };
    write();
  });
  const request = http.request({ host: "127.0.0.1", port, path: "/api/", headers: { host: "localhost" }, agent: false });
  request.end();
  const [response] = await once(request, "response");
  response.pause();
  await sleep(300);
  assert.ok(written < 100 << 20, `${written} bytes for a client that reads nothing`);
  response.on("error", () => {});
  request.destroy();
});

test("an answer to half a request leaves the connection of use", async (t) => {
  const [port] = await start(t, (request, response) => response.writeHead(413).end("no"));
  const body = "x".repeat(3_000_000);
  const answer = await exchange(port, `POST /api/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}GET /other HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  assert.match(answer, /^HTTP\/1.1 413 /);
  assert.match(answer, /\r\n\r\n4\r\npage|\r\n\r\npage$/);
});

test("a connection to the upstream is used again", async (t) => {
  let connections = 0;
  const server = http.createServer(echo).on("connection", () => connections++);
  const [port] = await start(t, server);
  for (let i = 0; i < 5; i++) await send(port, { method: "POST", body: "x" });
  assert.equal(connections, 1);
});
