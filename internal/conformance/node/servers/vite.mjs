import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// The answer goes out by middleware of another plugin, before Vite's own.
const answering = (forward) => {
  const use = ({ middlewares }) => {
    middlewares.use(async (request, response) => {
      const answer = await forward(request.method, request.originalUrl, request.headers);
      for (let i = 0; i < answer.headers.length; i += 2) response.appendHeader(answer.headers[i], answer.headers[i + 1]);
      response.writeHead(answer.status).end(answer.body);
    });
  };
  return { name: "answering", configureServer: use, configurePreviewServer: use };
};

const root = mkdtempSync(join(tmpdir(), "vite-"));
const listening = { host: "127.0.0.1", port: 0, allowedHosts: true };

function config(policy, forward) {
  return { root, configFile: false, logLevel: "error", optimizeDeps: { noDiscovery: true }, plugins: [answering(forward), policy] };
}

// development returns what starts a development server of a version of Vite.
export const development = (vite) => async (policy, forward) => {
  const server = await vite.createServer({ ...config(policy, forward), server: { ...listening, ws: false, watch: null, hmr: false } });
  await server.listen();
  return `127.0.0.1:${server.httpServer.address().port}`;
};

// preview returns what starts a preview server of a version of Vite.
export const preview = (vite) => async (policy, forward) => {
  const server = await vite.preview({ ...config(policy, forward), preview: listening });
  return `127.0.0.1:${server.httpServer.address().port}`;
};
