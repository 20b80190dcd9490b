import response from "./response.mjs";
import special from "./special.mjs";

export default (policy, forward) => {
  const handler = async (request) => response(await forward(request.method, request.url, Object.fromEntries(request.headers)));
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) =>
    policy.fetch(request, (request) => upgrade(request) ?? special(request) ?? handler(request)),
  );
  return `127.0.0.1:${server.addr.port}`;
};

function upgrade(request) {
  if (request.headers.get("upgrade") !== "websocket") return;
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.onopen = () => socket.send("hello");
  return response;
}
