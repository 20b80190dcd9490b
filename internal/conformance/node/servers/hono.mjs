import { serve } from "@hono/node-server";
import { Hono } from "hono";
import response from "./response.mjs";

// The answer goes out as a Response of Hono's app, whole behind the policy.
export default (policy, forward) => {
  const app = new Hono();
  app.all("*", async (c) => {
    const answer = await forward(c.req.method, c.env.incoming.url, Object.fromEntries(c.req.raw.headers));
    return response(answer);
  });
  return new Promise((resolve) => {
    serve(
      { hostname: "127.0.0.1", port: 0, fetch: (request, ...rest) => policy.fetch(request, (request) => app.fetch(request, ...rest)) },
      (info) => resolve(`127.0.0.1:${info.port}`),
    );
  });
};
