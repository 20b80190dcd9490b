// What clients and upstreams do that devProxy must survive. The environment
// variable MODULE is the module of a policy with these dev proxies, with the ports
// of the variables UPSTREAM, SECURE and DEAD; CERTIFICATE is a folder with one:
//
//   dev_proxy "api"    { paths = ["/api/"]    upstream = "http://localhost:UPSTREAM" }
//   dev_proxy "short"  { paths = ["/short/"]  upstream = "http://localhost:UPSTREAM"  strip_prefix = true }
//   dev_proxy "secure" { paths = ["/secure/"] upstream = "https://localhost:SECURE" }
//   dev_proxy "dead"   { paths = ["/dead/"]   upstream = "http://localhost:DEAD" }
//   dev_proxy "ws"     { paths = ["/ws"]      upstream = "http://localhost:UPSTREAM" }
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { createRequire } from "node:module";
import net from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";

const { MODULE, CERTIFICATE, UPSTREAM, SECURE, DEAD } = process.env;
const { devProxy } = createRequire(import.meta.url)(MODULE);

// listening starts a server for the duration of a test.
async function listening(t, server, port) {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  t.after(() => (server.closeAllConnections?.(), server.close()));
  return server.address().port;
}

// development starts a development server: devProxy, and a page for all else.
function development(t) {
  return listening(t, http.createServer((request, response) => devProxy(request, response, () => response.end("page"))), 0);
}

// upstream starts the upstream with a handler, or with what a raw connection gets.
function upstream(t, handler) {
  return listening(t, http.createServer(handler), UPSTREAM);
}

function rawUpstream(t, answer) {
  return listening(t, net.createServer((socket) => socket.on("error", () => {}).once("data", (data) => answer(socket, data.toString("latin1")))), UPSTREAM);
}

// send sends a request over a connection of its own and returns the whole answer.
async function send(port, { method = "GET", path = "/api/", headers = {}, body } = {}) {
  const request = http.request({ host: "127.0.0.1", port, method, path, headers: { host: `localhost:${port}`, ...headers }, agent: false });
  request.end(body);
  const [response] = await once(request, "response");
  const text = Buffer.concat(await response.toArray()).toString();
  return { status: response.statusCode, message: response.statusMessage, headers: response.headers, trailers: response.trailers, text };
}

// exchange writes bytes to a connection and returns all that comes back.
async function exchange(port, text) {
  const socket = net.connect(port, "127.0.0.1");
  socket.write(text);
  return Buffer.concat(await socket.toArray()).toString("latin1");
}

// echo answers with what it is asked.
const echo = async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString("latin1");
  const { method, url, headers, trailers } = request;
  response.end(JSON.stringify({ method, url, headers, trailers, body }));
};

test("method, path, query, headers and body arrive, and the answer comes back", async (t) => {
  await upstream(t, async (request, response) => {
    response.writeHead(207, "Fine", { "X-One": "1", Vary: "Accept", "Set-Cookie": ["a=1; Domain=x", "b=2"], Location: `http://localhost:${UPSTREAM}/api/next` });
    await echo(request, response);
  });
  const port = await development(t);
  const headers = { origin: `http://localhost:${port}`, "x-two": ["2", "3"], cookie: "c=1; d=2", "x-forwarded-for": "1.2.3.4", "user-agent": "test" };
  const answer = await send(port, { method: "PATCH", path: "/api/a%2Fb/../c?d=e&d=%00", headers, body: "body\xff" });
  assert.deepEqual([answer.status, answer.message, answer.headers["x-one"], answer.headers.vary], [207, "Fine", "1", "Accept"]);
  assert.deepEqual([answer.headers["set-cookie"], answer.headers.location], [["a=1", "b=2"], "/api/next"]);
  const seen = JSON.parse(answer.text);
  assert.deepEqual([seen.method, seen.url, seen.body], ["PATCH", "/api/a%2Fb/../c?d=e&d=%00", Buffer.from("body\xff").toString("latin1")]);
  assert.deepEqual(seen.headers, {
    ...{ ...headers, "x-two": "2, 3", origin: `http://localhost:${UPSTREAM}`, host: `localhost:${UPSTREAM}` },
    ...{ "content-length": "6", connection: "keep-alive" },
  });
  const short = await send(port, { path: "/short/a?b" });
  assert.deepEqual([JSON.parse(short.text).url, short.headers.location], ["/a?b", "/short/api/next"]);
  assert.equal((await send(port, { path: "/other" })).text, "page");
  assert.equal(JSON.parse((await send(port, { headers: { origin: "https://evil.example" } })).text).headers.origin, "https://evil.example");
});

test("a stranger's name that leads here is refused, but for the names of the server", async (t) => {
  await upstream(t, echo);
  const port = await development(t);
  const refused = await send(port, { headers: { host: `evil.example:${port}`, origin: `http://evil.example:${port}` }, method: "POST", body: "x" });
  assert.equal(refused.status, 403);
  assert.match(refused.text, /HOST/);
  assert.equal((await send(port, { path: "/other", headers: { host: "evil.example" } })).text, "page");
  for (const [name, value] of [["HOST", "devbox"], ["WDS_SOCKET_HOST", "devbox"], ["DANGEROUSLY_DISABLE_HOST_CHECK", "true"]]) {
    process.env[name] = value;
    t.after(() => delete process.env[name]);
    const answer = await send(port, { headers: { host: `devbox:${port}`, origin: `http://devbox:${port}` } });
    assert.equal(JSON.parse(answer.text).headers.origin, `http://localhost:${UPSTREAM}`);
    delete process.env[name];
  }
});

test("headers of one connection stay there, in both directions", async (t) => {
  await rawUpstream(t, (socket, request) => {
    const text = JSON.stringify(request.split("\r\n"));
    socket.end(`HTTP/1.1 200 OK\r\nConnection: X-Hop, close\r\nX-Hop: 1\r\nKeep-Alive: timeout=1\r\nProxy-Connection: close\r\nX-End: 1\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
  });
  const port = await development(t);
  const answer = await exchange(port, `GET /api/ HTTP/1.1\r\nHost: localhost\r\nConnection: close, X-Hop , host,content-length\r\nX-Hop: 1\r\nTE: trailers\r\nProxy-Connection: a\r\nKeep-Alive: 1\r\nX-End: 1\r\nContent-Length: 0\r\n\r\n`);
  assert.match(answer, /^HTTP\/1.1 200 OK\r\nX-End: 1\r\n/i);
  assert.doesNotMatch(answer.split("\r\n\r\n")[0], /x-hop|proxy-connection|timeout/i);
  const seen = JSON.parse(answer.slice(answer.indexOf("[")));
  assert.deepEqual(seen.map((line) => line.toLowerCase()).sort(), ["", "", "connection: keep-alive", "content-length: 0", "get /api/ http/1.1", `host: localhost:${UPSTREAM}`, "x-end: 1"]);
});

test("a body has one end, whatever the method", async (t) => {
  await upstream(t, echo);
  const port = await development(t);
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
  await upstream(t, async (request, response) => {
    await request.toArray();
    response.writeHead(200, { Trailer: "X-Sum" });
    response.addTrailers({ "X-Sum": request.trailers["x-sum"] + "!" });
    response.end("a");
  });
  const port = await development(t);
  const answer = await exchange(port, "POST /api/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 7\r\n\r\n");
  assert.match(answer, /\r\n0\r\nX-Sum: 7!\r\n\r\n$/i);
});

test("answers without a body", async (t) => {
  await upstream(t, (request, response) => {
    const status = Number(request.url.slice("/api/".length));
    response.writeHead(status, status === 204 ? {} : { "Content-Length": "5", ETag: '"a"' });
    response.end(request.method === "HEAD" || status !== 200 ? undefined : "12345");
  });
  const port = await development(t);
  for (const [method, status, length] of [["GET", 200, "5"], ["HEAD", 200, "5"], ["GET", 204, undefined], ["GET", 304, "5"], ["HEAD", 404, "5"]]) {
    const answer = await send(port, { method, path: `/api/${status}` });
    assert.deepEqual([answer.status, answer.headers["content-length"], answer.headers["transfer-encoding"]], [status, length, undefined]);
  }
  const two = await exchange(port, "HEAD /api/200 HTTP/1.1\r\nHost: localhost\r\n\r\nGET /api/204 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  assert.equal(two.match(/HTTP\/1.1 20[04]/g).length, 2);
});

test("an interim answer is no answer, and a client may ask to continue", async (t) => {
  await rawUpstream(t, (socket, request) => {
    assert.doesNotMatch(request, /expect/i);
    socket.end("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  const port = await development(t);
  const answer = await exchange(port, "POST /api/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab");
  assert.match(answer, /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK\r\n/);
  assert.match(answer, /ok$/);
});

test("an upstream that is not there, or says what is no answer, is a 502 that names it", async (t) => {
  const port = await development(t);
  const dead = await send(port, { path: "/dead/", method: "POST", body: "x".repeat(1_000_000) });
  assert.equal(dead.status, 502);
  assert.match(dead.text, new RegExp(`^dev_proxy "dead": http://localhost:${DEAD} does not answer \\(.*ECONNREFUSED.*\\)\\.\n$`));
  assert.equal(dead.headers["content-type"], "text/plain; charset=utf-8");
  for (const text of [
    "", "hello\r\n\r\n", "HTTP/1.1 000 None\r\n\r\n", "HTTP/1.1 099 Low\r\nContent-Length: 1\r\n\r\nx", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "HTTP/1.1 20 x\r\n\r\n", "HTTP/1.1 200 \x01\r\n\r\n",
    `HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}\r\n\r\n`, "HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", "HTTP/1.1 200 OK\r\nbad name: a\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
  ]) {
    await t.test(JSON.stringify(text.slice(0, 60)), async (t) => {
      await rawUpstream(t, (socket) => socket.end(text));
      assert.equal((await send(port)).status, 502);
    });
  }
});

test("a certificate is verified", async (t) => {
  await listening(t, https.createServer({ cert: readFileSync(join(CERTIFICATE, "cert.pem")), key: readFileSync(join(CERTIFICATE, "key.pem")) }, echo), SECURE);
  const answer = await send(await development(t), { path: "/secure/" });
  assert.equal(answer.status, 502);
  assert.match(answer.text, /certificate/);
});

test("an odd answer that is one passes", async (t) => {
  await rawUpstream(t, (socket) => socket.end("HTTP/1.0 299 \xe4\r\nX: \xc3\xa9\r\n__proto__: a\r\nSet-Cookie: a\r\nset-cookie: b\r\n\r\nto the end", "latin1"));
  const port = await development(t);
  const answer = await exchange(port, "GET /api/ HTTP/1.0\r\nHost: localhost\r\n\r\n");
  assert.match(answer, /^HTTP\/1.1 299 \xe4\r\n/);
  assert.match(answer, /\r\nX: \xc3\xa9\r\n/i);
  assert.match(answer, /\r\nset-cookie: a\r\nset-cookie: b\r\n/i);
  assert.match(answer, /to the end$/);
});

test("an upstream that dies in the middle of a body breaks the answer off", async (t) => {
  for (const head of ["Content-Length: 100", "Transfer-Encoding: chunked"]) {
    await t.test(head, async (t) => {
      await rawUpstream(t, (socket) => (socket.write(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n1\r\na\r\n`), setTimeout(() => socket.destroy(), 50)));
      const port = await development(t);
      await assert.rejects(send(port), { code: "ECONNRESET" });
    });
  }
});

test("a client that leaves takes the request to the upstream with it", async (t) => {
  for (const early of [true, false]) {
    await t.test(early ? "before the answer" : "in the answer", async (t) => {
      let left;
      const gone = new Promise((resolve) => (left = resolve));
      await upstream(t, (request, response) => {
        response.on("close", left);
        if (!early) response.write("a");
      });
      const request = http.request({ host: "127.0.0.1", port: await development(t), path: "/api/", headers: { host: "localhost" }, agent: false });
      request.on("error", () => {}).end();
      await (early ? sleep(50) : once(request, "response"));
      request.destroy();
      await gone;
    });
  }
});

test("nothing is kept in memory", async (t) => {
  const chunk = Buffer.alloc(1 << 16);
  let written = 0;
  await upstream(t, (request, response) => {
    const write = () => {
      while (!response.destroyed && written < 400 << 20) {
        written += chunk.length;
        if (!response.write(chunk)) return response.once("drain", write);
      }
    };
    write();
  });
  const request = http.request({ host: "127.0.0.1", port: await development(t), path: "/api/", headers: { host: "localhost" }, agent: false });
  request.end();
  const [response] = await once(request, "response");
  response.pause();
  await sleep(300);
  assert.ok(written < 100 << 20, `${written} bytes for a client that reads nothing`);
  response.on("error", () => {});
  request.destroy();
});

test("an answer to half a request leaves the connection of use", async (t) => {
  await upstream(t, (request, response) => response.writeHead(413).end("no"));
  const port = await development(t);
  const body = "x".repeat(3_000_000);
  const answer = await exchange(port, `POST /api/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}GET /other HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  assert.match(answer, /^HTTP\/1.1 413 /);
  assert.match(answer, /\r\n\r\n4\r\npage|\r\n\r\npage$/);
});

test("a connection to the upstream is used again", async (t) => {
  let connections = 0;
  const server = http.createServer(echo).on("connection", () => connections++);
  await listening(t, server, UPSTREAM);
  const port = await development(t);
  for (let i = 0; i < 5; i++) await send(port, { method: "POST", body: "x" });
  assert.equal(connections, 1);
});

const handshake = (path, more = "") =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`;

// sockets starts an upstream that takes WebSockets, and echoes bytes on them.
async function sockets(t, seen = []) {
  const server = http.createServer(echo);
  server.on("upgrade", (request, socket, head) => {
    seen.push(request);
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: abc\r\nSet-Cookie: a=1; Domain=x\r\n\r\nhello ");
    socket.write(head);
    socket.on("error", () => {}).pipe(socket);
  });
  t.after(() => seen.forEach(({ socket }) => socket.destroy()));
  await listening(t, server, UPSTREAM);
}

// read reads from a socket until the text ends in end.
async function read(socket, end) {
  let text = "";
  for await (const data of socket.iterator({ destroyOnReturn: false })) if ((text += data.toString("latin1")).endsWith(end)) break;
  return text;
}

test("WebSockets", async (t) => {
  const seen = [];
  await sockets(t, seen);
  const port = await development(t);
  await send(port, { path: "/other" });
  const socket = net.connect(port, "127.0.0.1");
  socket.write(handshake("/api/socket?a", "Origin: http://localhost\r\n") + "early ");
  assert.match(await read(socket, "early "), /^HTTP\/1.1 101 Switching Protocols\r\n.*\r\n\r\nhello early $/is);
  socket.write("\0binary\xff end");
  assert.equal(await read(socket, " end"), Buffer.from("\0binary\xff end").toString("latin1"));
  const { url, headers } = seen[0];
  assert.deepEqual([url, headers.origin, headers.host, headers.connection, headers.upgrade, headers["sec-websocket-key"]],
    ["/api/socket?a", `http://localhost:${UPSTREAM}`, `localhost:${UPSTREAM}`, "Upgrade", "websocket", "dGhlIHNhbXBsZSBub25jZQ=="]);
  const closed = once(seen[0].socket, "close");
  socket.destroy();
  await closed;
});

test("WebSockets: the end comes through from the upstream, too", async (t) => {
  const seen = [];
  await sockets(t, seen);
  const port = await development(t);
  await send(port, { path: "/other" });
  for (const end of [(socket) => socket.end("bye"), (socket) => socket.destroy(), (socket) => socket.resetAndDestroy()]) {
    const socket = net.connect(port, "127.0.0.1").on("error", () => {});
    socket.write(handshake("/api/"));
    await read(socket, "hello ");
    end(seen.pop().socket);
    socket.resume();
    await once(socket, "close");
  }
});

test("WebSockets that the upstream refuses, does not know, or is not there for", async (t) => {
  const port = await development(t);
  await send(port, { path: "/other" });
  assert.match(await exchange(port, handshake("/dead/")), /^HTTP\/1.1 502 .*dev_proxy "dead"/s);
  assert.match(await exchange(port, handshake("/api/").replace("localhost", "evil.example")), /^HTTP\/1.1 403 /);
  for (const text of ["HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n", "HTTP/1.0 403 Forbidden\r\n\r\nno"]) {
    await t.test(JSON.stringify(text), async (t) => {
      await rawUpstream(t, (socket) => socket.end(text));
      const answer = await exchange(port, handshake("/api/"));
      assert.match(answer, /^HTTP\/1.1 403 Forbidden\r\n/);
      assert.match(answer, /no\r\n0\r\n\r\n$|no$/);
    });
  }
  for (const text of ["", "junk\r\n\r\n", "HTTP/1.1 000 a\r\n\r\n", "HTTP/1.1 101 \x01\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"]) {
    await t.test(JSON.stringify(text), async (t) => {
      await rawUpstream(t, (socket) => socket.end(text));
      assert.match(await exchange(port, handshake("/api/")), /^HTTP\/1.1 502 /);
    });
  }
  await t.test("an upgrade that says not to what", async (t) => {
    await rawUpstream(t, (socket) => socket.end("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\nbye"));
    assert.match(await exchange(port, handshake("/api/")), /^HTTP\/1.1 (502|101) /);
  });
});

test("WebSockets: clients that leave before the upstream has answered", async (t) => {
  const gone = [];
  await rawUpstream(t, (socket) => gone.push(once(socket, "close")));
  const port = await development(t);
  await send(port, { path: "/other" });
  for (const leave of [(socket) => socket.destroy(), (socket) => socket.resetAndDestroy()]) {
    const socket = net.connect(port, "127.0.0.1").on("error", () => {});
    socket.write(handshake("/api/"));
    await sleep(50);
    leave(socket);
    await gone.pop();
  }
});

test("WebSockets of others are left alone", async (t) => {
  await sockets(t);
  const server = http.createServer((request, response) => devProxy(request, response, () => response.end("page")));
  server.on("upgrade", (request, socket) => /^\/(ws|other)$/.test(request.url) && socket.end("HTTP/1.1 101 Own\r\n\r\nown"));
  const port = await listening(t, server, 0);
  await send(port, { path: "/other" });
  assert.match(await exchange(port, handshake("/other")), /own$/);
  assert.match(await exchange(port, handshake("/ws")), /own$/, "the development server's own, by which it reloads pages");
});
