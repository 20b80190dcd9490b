// A server of every policy and site of a module, each on an address of its own, in
// front of a proxy: node server.mjs KIND MODULE ENVIRONMENT UPSTREAM NAME=EXPORT...
import http from "node:http";
import { pathToFileURL } from "node:url";

const [kind, file, environment, upstream, ...names] = process.argv.slice(2);
const cors = await import(pathToFileURL(file));
const listen = (await import(`./servers/${kind}.mjs`)).default;

for (const entry of names) {
  const [name, id] = entry.split("=");
  const policy = environment === "" ? cors[id] : cors[id].in(environment);
  console.log(name, await listen(policy, forward));
}

// forward sends a request to the upstream, on a connection of its own, and returns
// what it answers: a status, headers as a flat list, and a body.
function forward(method, url, headers) {
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
