import * as cors from "cors.gen.mjs";
import special from "special.mjs";

export default {
  fetch(request, env) {
    const policy = env.environment === "" ? cors[env.id] : cors[env.id].in(env.environment);
    return policy.fetch(request, (request) => upgrade(request) ?? special(request) ?? forward(request, env.upstream));
  },
};

async function forward(request, upstream) {
  try {
    return await upstream.fetch(request, { redirect: "manual" });
  } catch {
    return new Response("no answer\n", { status: 502 });
  }
}

function upgrade(request) {
  if (request.headers.get("upgrade") !== "websocket") return;
  const [client, server] = Object.values(new WebSocketPair());
  server.accept();
  server.send("hello");
  return new Response(null, { status: 101, webSocket: client });
}
