// Reads modules, one JSON text a line, and says what stands in their dev proxies.
import readline from "node:readline";
import vm from "node:vm";

class URL {
  constructor(text) {
    this.text = text; // any text is one here
  }
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const script = JSON.parse(line)
    .replace(/^import .*$/m, "const $cors = { app: {} };")
    .replace(/^export .*$/m, "");
  console.log(JSON.stringify(vm.runInNewContext(`${script}\n$devProxies`, { URL })));
}
