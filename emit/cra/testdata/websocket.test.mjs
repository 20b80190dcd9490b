// What becomes of WebSockets; see servers.mjs.
import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { echo, exchange, listening, raw, send, site, start } from "./servers.mjs";

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
  const [port, to] = await start(t, server);
  await send(port, { path: "/other" });
  return [port, to];
}

// read reads from a socket until the text ends in end.
async function read(socket, end) {
  let text = "";
  for await (const data of socket.iterator({ destroyOnReturn: false })) if ((text += data.toString("latin1")).endsWith(end)) break;
  return text;
}

test("bytes pass in both directions", async (t) => {
  const seen = [];
  const [port, to] = await sockets(t, seen);
  const socket = net.connect(port, "127.0.0.1");
  socket.write(handshake("/api/socket?a", "Origin: http://localhost\r\n") + "early ");
  assert.match(await read(socket, "early "), /^HTTP\/1.1 101 Switching Protocols\r\n.*\r\n\r\nhello early $/is);
  socket.write("\0binary\xff end");
  assert.equal(await read(socket, " end"), Buffer.from("\0binary\xff end").toString("latin1"));
  const { url, headers } = seen[0];
  assert.deepEqual([url, headers.origin, headers.host, headers.connection, headers.upgrade, headers["sec-websocket-key"]],
    ["/api/socket?a", `http://localhost:${to}`, `localhost:${to}`, "Upgrade", "websocket", "dGhlIHNhbXBsZSBub25jZQ=="]);
  const closed = once(seen[0].socket, "close");
  socket.destroy();
  await closed;
});

test("the end comes through from the upstream, too", async (t) => {
  const seen = [];
  const [port] = await sockets(t, seen);
  for (const end of [(socket) => socket.end("bye"), (socket) => socket.destroy(), (socket) => socket.resetAndDestroy()]) {
    const socket = net.connect(port, "127.0.0.1").on("error", () => {});
    socket.write(handshake("/api/"));
    await read(socket, "hello ");
    end(seen.pop().socket);
    socket.resume();
    await once(socket, "close");
  }
});

test("those that the upstream refuses, does not know, or is not there for", async (t) => {
  const [port] = await sockets(t);
  assert.match(await exchange(port, handshake("/dead/")), /^HTTP\/1.1 502 .*dev_proxy "dead"/s);
  assert.match(await exchange(port, handshake("/api/").replace("localhost", "evil.example")), /^HTTP\/1.1 403 /);
  for (const text of ["HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n", "HTTP/1.0 403 Forbidden\r\n\r\nno"]) {
    await t.test(JSON.stringify(text), async (t) => {
      const [port] = await start(t, raw((socket) => socket.end(text)));
      await send(port, { path: "/other" });
      const answer = await exchange(port, handshake("/api/"));
      assert.match(answer, /^HTTP\/1.1 403 Forbidden\r\n/);
      assert.match(answer, /no\r\n0\r\n\r\n$|no$/);
    });
  }
  for (const text of ["", "junk\r\n\r\n", "HTTP/1.1 000 a\r\n\r\n", "HTTP/1.1 101 \x01\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"]) {
    await t.test(JSON.stringify(text), async (t) => {
      const [port] = await start(t, raw((socket) => socket.end(text)));
      await send(port, { path: "/other" });
      assert.match(await exchange(port, handshake("/api/")), /^HTTP\/1.1 502 /);
    });
  }
  await t.test("an upgrade that says not to what", async (t) => {
    const [port] = await start(t, raw((socket) => socket.end("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\nbye")));
    await send(port, { path: "/other" });
    assert.match(await exchange(port, handshake("/api/")), /^HTTP\/1.1 (502|101) /);
  });
});

test("a handshake has no body, whose end the upstream could see elsewhere", async (t) => {
  const seen = [];
  const [port] = await sockets(t, seen);
  for (const framing of ["Content-Length: 40\r\n", "Transfer-Encoding: chunked\r\n"]) assert.match(await exchange(port, handshake("/api/", framing)), /^HTTP\/1.1 400 /);
  assert.equal(seen.length, 0);
});

test("clients that leave before the upstream has answered", async (t) => {
  const gone = [];
  const [port] = await start(t, raw((socket) => gone.push(once(socket, "close"))));
  await send(port, { path: "/other" });
  for (const leave of [(socket) => socket.destroy(), (socket) => socket.resetAndDestroy()]) {
    const socket = net.connect(port, "127.0.0.1").on("error", () => {});
    socket.write(handshake("/api/"));
    while (gone.length === 0) await sleep(5);
    leave(socket);
    await gone.pop();
  }
});

test("one that comes before an earlier request is answered ends the connection", async (t) => {
  const [port] = await sockets(t);
  await exchange(port, "GET /api/ HTTP/1.1\r\nHost: localhost\r\n\r\n" + handshake("/api/"));
  assert.equal((await send(port, { path: "/other" })).text, "page");
});

test("those of others are left alone", async (t) => {
  const [alone, to] = await sockets(t);
  const server = site(to);
  server.on("upgrade", (request, socket) => /^\/(ws|other)$/.test(request.url) && socket.end("HTTP/1.1 101 Own\r\n\r\nown"));
  const port = await listening(t, server);
  await send(port, { path: "/other" });
  assert.match(await exchange(port, handshake("/other")), /own$/);
  assert.match(await exchange(port, handshake("/ws")), /own$/, "the development server's own, by which it reloads pages");
  assert.equal(await exchange(alone, handshake("/other")), "", "where nobody else listens");
});
