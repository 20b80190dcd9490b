import { once } from "node:events";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../cra/", import.meta.url));
const webpack = require("webpack");

// What Create React App tells webpack-dev-server, as far as a policy can see it.
const options = {
  host: "127.0.0.1",
  port: 0,
  allowedHosts: "all",
  headers: { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "*", "Access-Control-Allow-Headers": "*" },
  compress: true,
  static: false,
  setupExitSignals: false,
};

// The answer goes out by middleware that src/setupProxy.js adds behind the policy.
export default (name) => async (policy, forward) => {
  const setupMiddlewares = (middlewares, { app }) => {
    app.use(policy, async (request, response) => {
      const answer = await forward(request.method, request.originalUrl, request.headers);
      for (let i = 0; i < answer.headers.length; i += 2) response.append(answer.headers[i], answer.headers[i + 1]);
      response.status(answer.status).end(answer.body);
    });
    return middlewares;
  };
  const compiler = webpack({ mode: "development", entry: {}, infrastructureLogging: { level: "none" }, stats: "none" });
  const server = new (require(name))({ ...options, setupMiddlewares }, compiler);
  await server.start();
  if (!server.server.listening) await once(server.server, "listening");
  return `127.0.0.1:${server.server.address().port}`;
};
