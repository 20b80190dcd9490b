// What the tests ask servers with.
import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";

export const origin = "https://app.example.com";

// listening starts a server for the duration of a test and returns its port.
export async function listening(t, server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return server.address().port;
}

// send sends a request over a connection of its own.
export async function send(port, { method = "GET", path = "/", headers = {}, body: content } = {}) {
  const request = http.request({ host: "127.0.0.1", port, method, path, headers: { origin, ...headers }, agent: false });
  const interim = [];
  request.on("information", (info) => interim.push(info));
  request.end(content);
  const [response] = await once(request, "response");
  const body = Buffer.concat(await response.toArray());
  const values = (name) => response.rawHeaders.filter((_, i, all) => i % 2 === 1 && all[i - 1].toLowerCase() === name);
  return { status: response.statusCode, headers: response.headers, values, body, interim };
}

// isAllowed demands the headers of an allowed request, each once.
export function isAllowed(answer, status, vary = "Origin") {
  assert.equal(answer.status, status);
  assert.deepEqual(answer.values("access-control-allow-origin"), [origin]);
  assert.deepEqual(answer.values("access-control-allow-credentials"), ["true"]);
  assert.deepEqual(answer.values("vary"), [vary]);
}
