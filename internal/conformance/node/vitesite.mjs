// A web app for Vite, and servers of it. The environment variable VITE is the package.
import { once } from "node:events";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const vite = await import(process.env.VITE);

const root = mkdtempSync(join(tmpdir(), "vite-"));
for (const [name, text] of Object.entries({
  "index.html": '<!doctype html><title>app</title><script type="module" src="/main.js"></script>',
  "main.js": 'import "./style.css";\n',
  "style.css": "a { color: red }\n",
  "broken.ts": "let let = ;;(\n",
  "public/file.txt": "a file\n",
  "dist/index.html": "<!doctype html><title>built</title>",
  "dist/assets/main.js": "// a line\n".repeat(1000),
})) {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}

const base = { root, configFile: false, logLevel: "silent", optimizeDeps: { noDiscovery: true } };
const listening = { host: "127.0.0.1", port: 0 };

// create makes a development server for the duration of a test, which does not listen.
export async function create(t, { server, ...config }) {
  const made = await vite.createServer({ ...base, ...config, server: { ...listening, ...server } });
  t.after(() => made.close());
  return made;
}

// develop starts a development server for the duration of a test and returns its port.
export async function develop(t, config) {
  const server = await create(t, config);
  await server.listen();
  return server.httpServer.address().port;
}

// preview starts a preview server for the duration of a test and returns its port.
export async function preview(t, { preview, ...config }) {
  const { httpServer } = await vite.preview({ ...base, ...config, preview: { ...listening, ...preview } });
  t.after(() => httpServer.close());
  return httpServer.address().port;
}

// build builds the app, and says whether it has been.
export async function build(config) {
  await vite.build({ ...base, ...config, build: { write: false } });
}

// freePort returns a port on which nothing listens.
export async function freePort() {
  const server = http.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
