// Measures the generated module next to the cors package, in turns: the time of a
// request in node:http itself, without a network, and the requests that a server
// in a process of its own answers in a second of processor time, over loopback, to
// a client that sends fifty at a time.
import { strict as assert } from "node:assert";
import { fork } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import cors from "cors";
import { app } from "../../testdata/golden/credentials/node/cors.gen.mjs";
import { partners } from "../../testdata/golden/thousand/node/cors.gen.mjs";

const thousand = Array.from({ length: 1000 }, (_, i) => `https://partner-${String(i + 1).padStart(4, "0")}.example.com`);

// The same settings as those of the policies.
const few = cors({
  origin: ["https://app.example.com", "https://admin.example.com"],
  methods: ["GET", "POST", "PUT", "DELETE"],
  allowedHeaders: ["Content-Type", "Authorization"],
  exposedHeaders: ["X-Request-Id", "ETag"],
  credentials: true,
  maxAge: 600,
});
const many = cors({ origin: thousand, methods: "GET" });

const ask = { "access-control-request-method": "PUT" };
const scenarios = {
  simple: { headers: {}, allowed: false },
  allowed: { headers: { origin: "https://app.example.com" }, allowed: true },
  refused: { headers: { origin: "https://stranger.example.com" }, allowed: false },
  preflight: { method: "OPTIONS", headers: { origin: "https://app.example.com", ...ask }, allowed: true },
  "1,000 origins, first": { many: true, headers: { origin: thousand[0] }, allowed: true },
  "1,000 origins, last": { many: true, headers: { origin: thousand[999] }, allowed: true },
  "1,000 origins, refused": { many: true, headers: { origin: "https://stranger.example.com" }, allowed: false },
};
const implementations = { corsgen: [app, partners], cors: [few, many], none: [undefined, undefined] };

function handler(implementation, scenario) {
  const middleware = implementations[implementation][scenario.many ? 1 : 0];
  const answer = (request, response) => {
    response.setHeader("Content-Type", "text/plain");
    response.end("hello\n");
  };
  if (middleware === undefined) return answer;
  return (request, response) => middleware(request, response, () => answer(request, response));
}

// inProcess returns nanoseconds of processor time for each request: node:http's own
// request and response, without a connection.
function inProcess(listener, { method = "GET", headers }, n) {
  const socket = new net.Socket();
  const start = process.cpuUsage();
  for (let i = 0; i < n; i++) {
    const request = new http.IncomingMessage(socket);
    request.method = method;
    request.url = "/";
    request.headers = { host: "localhost", ...headers };
    listener(request, new http.ServerResponse(request));
  }
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / n;
}

// perSecond returns how many requests a server answers in a second of processor
// time, which other work on the machine does not change much, once it is warm.
async function perSecond(name, scenario, batches) {
  const server = fork(import.meta.filename, ["serve", name, scenario.name]);
  const [port] = await once(server, "message");
  const lines = Object.entries(scenario.headers).map(([key, value]) => `${key}: ${value}\r\n`);
  const request = `${scenario.method ?? "GET"} / HTTP/1.1\r\nhost: localhost\r\n${lines.join("")}\r\n`;
  const socket = net.connect(port, "127.0.0.1").setNoDelay();
  const send = async () => {
    for (let batch = 0; batch < batches; batch++) check(name, scenario, await exchange(socket, request));
  };
  const used = async () => {
    server.send("used");
    return (await once(server, "message"))[0];
  };
  await send();
  const start = await used();
  await send();
  const rate = (batches * pipelined) / ((await used()) - start);
  socket.destroy();
  server.kill();
  return rate;
}

const pipelined = 50;

// exchange sends requests at once and returns their answers.
async function exchange(socket, request) {
  socket.write(request.repeat(pipelined));
  let text = "";
  while (text.split("\r\nConnection: keep-alive").length <= pipelined || !/\n$/.test(text)) text += (await once(socket, "data"))[0].toString("latin1");
  return text;
}

// check demands the right answer, so that nothing wrong is measured.
function check(name, scenario, text) {
  if (name === "none") return;
  const found = /^access-control-allow-origin: (.*)\r$/im.exec(text)?.[1];
  assert.equal(found, scenario.allowed ? scenario.headers.origin : undefined, `${name}, ${scenario.name}: ${text}`);
}

// low returns the lower quartile: what other work on the machine adds is above it.
const low = (values) => values.sort((a, b) => a - b)[values.length >> 2];

function times(scenario, rounds) {
  const all = {};
  for (let round = -10; round < rounds; round++) {
    for (const name of Object.keys(implementations)) {
      gc();
      const time = inProcess(handler(name, scenario), scenario, 3000);
      if (round >= 0) (all[name] ??= []).push(time); // before that it warms
    }
  }
  return all;
}

async function rates(scenario, rounds) {
  const all = {};
  for (let round = 0; round < rounds; round++) {
    for (const name of Object.keys(implementations)) (all[name] ??= []).push(-(await perSecond(name, scenario, 150)));
  }
  return all;
}

async function main(rounds) {
  console.log(`node ${process.version}; ratio: to corsgen's\n`);
  console.log("| scenario | | ns | ratio | requests/s | ratio |\n| --- | --- | --- | --- | --- | --- |");
  for (const [name, scenario] of Object.entries(scenarios)) {
    scenario.name = name;
    const [time, rate] = [times(scenario, 10 * rounds), await rates(scenario, rounds)];
    const own = [low(time.corsgen), -low(rate.corsgen)];
    for (const it of Object.keys(implementations)) {
      const [ns, perSecond] = [low(time[it]), -low(rate[it])];
      console.log(`| ${name} | ${it} | ${ns.toFixed(0)} | ${(ns / own[0]).toFixed(2)} | ${perSecond.toFixed(0)} | ${(perSecond / own[1]).toFixed(2)} |`);
    }
  }
}

if (process.argv[2] === "serve") {
  const scenario = scenarios[process.argv[4]];
  const server = http.createServer(handler(process.argv[3], scenario));
  server.listen(0, "127.0.0.1", () => process.send(server.address().port));
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send((user + system) / 1e6);
  });
} else {
  await main(Number(process.argv[2] ?? 5));
}
