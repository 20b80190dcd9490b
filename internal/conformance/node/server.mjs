// Servers of every policy and site of modules, each on an address of its own, in
// front of a proxy: node server.mjs KIND. Each line that is read names a module and
// what it exports; the line that is written for it has the addresses.
import http from "node:http";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const listen = (await import(`./servers/${process.argv[2]}.mjs`)).default;

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await start(JSON.parse(line))));
}
process.exit();

async function start({ module, environment, upstream, exports }) {
  const cors = await import(pathToFileURL(module));
  const addresses = {};
  for (const [name, id] of Object.entries(exports)) {
    const policy = environment === "" ? cors[id] : cors[id].in(environment);
    addresses[name] = await listen(policy, (...request) => forward(upstream, ...request));
  }
  return addresses;
}

// forward sends a request to the upstream, on a connection of its own, and returns
// what it answers: a status, headers as a flat list, and a body.
function forward(upstream, method, url, headers) {
  return new Promise((resolve) => {
    const failed = () => resolve({ status: 502, headers: [], body: "no answer\n" });
    const path = url.replace(/^https?:\/\/[^/?#]+/i, "") || "/";
    let request;
    try {
      request = http.request({ host: "127.0.0.1", port: upstream.split(":")[1], method, path, headers, agent: false });
    } catch {
      return failed();
    }
    request.on("error", failed);
    request.on("response", async (response) => {
      const chunks = await response.toArray();
      const kept = response.rawHeaders.filter((_, i, all) => !/^(?:connection|content-length)$/i.test(all[i - (i % 2)]));
      resolve({ status: response.statusCode, headers: kept, body: Buffer.concat(chunks) });
    });
    request.end();
  });
}
