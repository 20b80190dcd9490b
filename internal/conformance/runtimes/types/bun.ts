import { api, app } from "./cors.gen.mjs";

const handler = async (request: Request) => new Response(request.url);

Bun.serve({
  routes: { "/route": (request) => api.fetch(request, handler) },
  fetch: (request, server) =>
    app.fetch(request, (request) => (server.upgrade(request, { data: undefined }) ? undefined : handler(request))),
  websocket: { message() {} },
});
Bun.serve({ fetch: (request) => app.fetch(request, (request) => new Response(request.url)) });
