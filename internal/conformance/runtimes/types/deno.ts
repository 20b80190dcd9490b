import { api, app } from "./cors.gen.mjs";

const handler = async (request: Request) => new Response(request.url);

Deno.serve((request) => api.fetch(request, handler));
Deno.serve((request) =>
  app.fetch(request, (request) =>
    request.headers.has("upgrade") ? Deno.upgradeWebSocket(request).response : handler(request),
  ),
);
// @ts-expect-error: a handler returns a Response, which shows that the types are found
app.fetch(new Request("https://api.example.com/"), () => "text");
