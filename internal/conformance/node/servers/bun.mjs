import response from "./response.mjs";
import special from "./special.mjs";

export default (policy, forward) => {
  const handler = async (request) => response(await forward(request.method, request.url, Object.fromEntries(request.headers)));
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, server) =>
      policy.fetch(request, (request) => (server.upgrade(request) ? undefined : (special(request) ?? handler(request)))),
    websocket: { open: (socket) => socket.send("hello"), message() {} },
    error(error) {
      console.error(error);
      process.exit(1);
    },
  });
  return `127.0.0.1:${server.port}`;
};
