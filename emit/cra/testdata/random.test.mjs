// Answers of upstreams that are broken at random, and clients that leave at random;
// see servers.mjs.
import assert from "node:assert/strict";
import net from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { listening, raw, site } from "./servers.mjs";

let state = 1;

// below returns a number below n, the same ones in every run.
function below(n) {
  state = (state * 48271) % 2147483647;
  return state % n;
}

const pick = (list) => list[below(list.length)];

const answers = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: a=1; Domain=x\r\nLocation: http://localhost:1/x\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5\r\nhello\r\n0\r\nX: 1\r\n\r\n",
  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nbytes",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 304 Not Modified\r\nETag: a\r\n\r\n",
  "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc",
  "HTTP/1.0 404 Not Found\r\n\r\nx",
];
const pieces = [...answers, "\r\n", "\0", "\x01", "Content-Length: 1\r\n", "Transfer-Encoding: chunked\r\n", "Connection: close, location\r\n", "Location: //x\r\n", "999"];

// broken returns an answer with a few changes.
function broken() {
  let text = pick(answers);
  for (let i = below(4); i > 0; i--) {
    const at = below(text.length + 1);
    const change = [
      () => text.slice(0, at) + String.fromCharCode(below(256)) + text.slice(at + 1),
      () => text.slice(0, at) + text.slice(at + below(6)),
      () => text.slice(0, at) + pick(pieces) + text.slice(at),
      () => text.slice(0, at),
    ];
    text = pick(change)();
  }
  return text;
}

async function answer(socket) {
  const text = broken();
  const at = below(text.length + 1);
  socket.write(text.slice(0, at), "latin1");
  await sleep(below(5));
  if (socket.destroyed) return;
  socket.write(text.slice(at), "latin1");
  pick([() => {}, () => socket.end(), () => socket.destroy(), () => socket.resetAndDestroy()])();
}

const head = "HTTP/1.1\r\nHost: localhost\r\n";
const upgrade = `GET /api/ ${head}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
const requests = [
  `GET /api/ ${head}\r\n`,
  `HEAD /api/ ${head}\r\n`,
  `POST /api/ ${head}Content-Length: 100000\r\n\r\n${"x".repeat(100_000)}`,
  `POST /api/ ${head}Transfer-Encoding: chunked\r\nTrailer: a\r\n\r\n3\r\nabc\r\n0\r\na: b\r\n\r\n`,
  upgrade,
  upgrade + "early",
];

async function ask(port) {
  const socket = net.connect(port, "127.0.0.1").on("error", () => {});
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.resume().write(pick(requests) + pick(["", "", pick(requests)]));
  await Promise.race([closed, sleep(below(40))]);
  pick([() => socket.destroy(), () => socket.resetAndDestroy()])();
  await closed;
}

test("nothing brings the server down, or leaves a connection behind", async (t) => {
  const thrown = [];
  process.on("uncaughtException", (error) => thrown.push(error));
  const server = site(await listening(t, raw(answer)));
  const port = await listening(t, server);
  for (let i = 0; i < 80; i++) await Promise.all(Array.from({ length: 10 }, () => ask(port)));
  const connections = () => new Promise((resolve) => server.getConnections((error, count) => resolve(count)));
  for (let i = 0; i < 2000 && (await connections()) > 0; i++) await sleep(10);
  assert.deepEqual([thrown, await connections()], [[], 0]);
});
