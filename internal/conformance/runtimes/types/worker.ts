import { api, app } from "./cors.gen.mjs";

interface Env {
  upstream: Fetcher;
}

export default {
  fetch: (request, env) => app.fetch(request, (request) => api.fetch(request, (request) => env.upstream.fetch(request))),
} satisfies ExportedHandler<Env>;
