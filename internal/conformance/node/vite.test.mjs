// What Vite's servers do that a policy must survive. The environment variable VITE
// is the package, and CORS_MODULE the module of this policy:
//
//   environments = ["development", "production"]
//   policy "app" {
//     allow_origins     = ["https://app.example.com"]
//     allow_credentials = true
//     allow_methods     = ["PUT"]
//     environment "production" { allow_origins = ["https://admin.example.com"] }
//   }
//   policy "open" { allow_origins = ["*"] }
//   site "api" { route "/api/" { policy = policy.app } }
import assert from "node:assert/strict";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import express from "express5";
import { WebSocket } from "ws";
import { isAllowed, listening, origin, send } from "./client.mjs";
import { build, create, develop, freePort, preview } from "./vitesite.mjs";

const { app, open, api, devProxy } = await import(pathToFileURL(process.env.CORS_MODULE));
const preflight = { method: "OPTIONS", headers: { "access-control-request-method": "PUT" } };
const html = { accept: "text/html" };

// other is a plugin that answers itself, sets headers of a policy, and throws.
const other = {
  name: "other",
  enforce: "pre",
  configureServer: {
    order: "pre",
    handler({ middlewares }) {
      middlewares.use("/own", (request, response) => {
        response.setHeader("Vary", "Accept");
        response.writeHead(200, { "access-control-allow-origin": "*", "access-control-max-age": "1" }).end();
      });
      middlewares.use("/throws", () => {
        throw new Error("thrown");
      });
    },
  },
};

test("the development server: all that Vite answers", async (t) => {
  const port = await develop(t, { plugins: [other, app] });
  for (const [path, status, headers] of [
    ["/", 200, html],
    ["/index.html", 200],
    ["/some/route", 200, html],
    ["/main.js", 200],
    ["/style.css", 200],
    ["/@vite/client", 200],
    ["/file.txt", 200],
    ["/broken.ts", 500],
    ["/throws", 500],
    ["/@fs/etc/passwd", 403],
    ["/none", 403, { host: "stranger.example" }],
  ]) {
    await t.test(path, async () => isAllowed(await send(port, { path, headers }), status));
  }
  isAllowed(await send(port, { method: "POST", path: "/none" }), 404);
  const own = await send(port, { path: "/own" });
  isAllowed(own, 200, "Accept, Origin");
  assert.equal(own.headers["access-control-max-age"], undefined);
  const { headers } = await send(port, { path: "/main.js" });
  isAllowed(await send(port, { path: "/main.js", headers: { "if-none-match": headers.etag } }), 304);
});

test("the development server: preflights, and pages that are not allowed", async (t) => {
  const port = await develop(t, { plugins: [app] });
  isAllowed(await send(port, preflight), 204, "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
  for (const origin of ["https://stranger.example", "http://localhost:3000"]) {
    const refused = await send(port, { ...preflight, headers: { ...preflight.headers, origin } });
    assert.deepEqual([refused.status, refused.headers["access-control-allow-origin"]], [403, undefined]);
    const actual = await send(port, { path: "/main.js", headers: { origin } });
    assert.deepEqual([actual.status, actual.headers["access-control-allow-origin"], actual.headers.vary], [200, undefined, "Origin"]);
  }
});

test("the preview server", async (t) => {
  const port = await preview(t, { plugins: [app] });
  isAllowed(await send(port, { headers: html }), 200);
  isAllowed(await send(port, { path: "/some/route", headers: html }), 200);
  isAllowed(await send(port, { method: "POST", path: "/none" }), 404);
  isAllowed(await send(port, { headers: { host: "stranger.example" } }), 403);
  isAllowed(await send(port, preflight), 204, "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
  const file = await send(port, { path: "/assets/main.js", headers: { "accept-encoding": "gzip" } });
  assert.deepEqual([file.status, file.values("access-control-allow-origin")], [200, [origin]]);
  assert.equal(file.values("vary").join().includes("Origin"), true);
});

test("HMR connects, from a page of any origin that has Vite's token", async (t) => {
  const port = await develop(t, { plugins: [app] });
  const client = (await send(port, { path: "/@vite/client" })).body.toString();
  const [, token] = client.match(/wsToken = "([^"]+)"/);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/?token=${token}`, "vite-hmr", { origin: "https://stranger.example" });
  const [message] = await once(socket, "message");
  assert.equal(JSON.parse(message).type, "connected");
  socket.close();
});

test("middleware mode", async (t) => {
  const outer = express();
  const inner = await create(t, { plugins: [app], server: { middlewareMode: true, ws: false, hmr: false } });
  outer.get("/outer", (request, response) => response.send("outer"));
  outer.use("/inner", inner.middlewares);
  outer.use(inner.middlewares);
  const port = await listening(t, http.createServer(outer));
  isAllowed(await send(port, { path: "/main.js" }), 200);
  isAllowed(await send(port, { path: "/none", method: "POST" }), 404);
  isAllowed(await send(port, { path: "/inner/main.js" }), 200);
  assert.equal((await send(port, { path: "/outer" })).headers["access-control-allow-origin"], undefined);
});

test("environments", async (t) => {
  const port = await develop(t, { plugins: [app.in("production")] });
  const headers = { origin: "https://admin.example.com" };
  assert.equal((await send(port, { headers })).headers["access-control-allow-origin"], headers.origin);
  assert.equal((await send(port)).headers["access-control-allow-origin"], undefined);
  assert.throws(() => app.in("prodcution"), /there is no environment "prodcution"/);
});

test("a site, below a base", async (t) => {
  const port = await develop(t, { base: "/base/", plugins: [api], server: { headers: { "X-Own": "1" } } });
  isAllowed(await send(port, { path: "/api/none", headers: html }), 404);
  const { status, headers } = await send(port, { path: "/base/main.js" });
  assert.deepEqual([status, headers["access-control-allow-origin"], headers["x-own"]], [200, undefined, "1"]);
});

for (const [name, config, message] of [
  ["server.cors", { server: { cors: true } }, /server\.cors is on/],
  ["server.cors with options", { server: { cors: { origin: "*" } } }, /server\.cors is on/],
  ["server.cors with options, which lets preflights through", { server: { cors: { origin: "*", preflightContinue: true } } }, /server\.cors is on/],
  ["preview.cors", { preview: { cors: true } }, /preview\.cors is on/],
  ["another plugin", { plugins: [{ name: "late", config: () => ({ server: { cors: true } }) }, app] }, /server\.cors is on/],
  ["server.headers", { server: { headers: { "access-control-allow-origin": "*" } } }, /server\.headers sets access-control-allow-origin/],
  ["preview.headers", { preview: { headers: { "Access-Control-Max-Age": "1" } } }, /preview\.headers sets Access-Control-Max-Age/],
  ["two policies", { plugins: [app, devProxy, open] }, /corsgen:app and corsgen:open would both decide/],
]) {
  test(`who decides besides the policy is told: ${name}`, async (t) => {
    await assert.rejects(create(t, { plugins: [app], ...config }), message);
    await assert.rejects(preview(t, { plugins: [app], ...config }), message);
  });
}

test("frameworks that set server.cors", async (t) => {
  const passing = { cors: { preflightContinue: true } };
  const kit = { name: "kit", config: () => ({ server: passing, preview: passing }) };
  const laravel = { name: "laravel", enforce: "post", config: ({ server }) => ({ server: { cors: server?.cors ?? { origin: "http://app.test" } } }) };
  for (const framework of [kit, laravel]) {
    for (const start of [develop, preview]) {
      const port = await start(t, { plugins: [framework, app] });
      isAllowed(await send(port, { headers: html }), 200);
      isAllowed(await send(port, preflight), 204, "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
      const stranger = await send(port, { headers: { origin: "http://localhost:1" } });
      assert.equal(stranger.headers["access-control-allow-origin"], undefined);
    }
  }
});

test("a build is not concerned", async () => {
  await build({ plugins: [app], server: { cors: true } });
});

test("a policy that is generated again is followed", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "cors-"));
  cpSync(dirname(process.env.CORS_MODULE), folder, { recursive: true });
  const configFile = join(folder, "vite.config.mjs");
  writeFileSync(configFile, 'import { app } from "./vite.gen.mjs";\nexport default { plugins: [app] };\n');
  const port = await develop(t, { configFile, server: { port: await freePort() } });
  isAllowed(await send(port), 200);
  const module = join(folder, "cors.gen.mjs");
  writeFileSync(module, readFileSync(module, "utf8").replaceAll(origin, "https://new.example.com"));
  for (const headers = { origin: "https://new.example.com" }; ; await setTimeout(50)) {
    const answer = await send(port, { headers }).catch(() => undefined); // while the server starts again
    if (answer?.headers["access-control-allow-origin"] === headers.origin) break;
  }
});
