import Fastify from "fastify";

// The answer of a route that is there for every method that Fastify knows; for
// others, and OPTIONS, there is the page for what is not found.
export default async (policy, forward) => {
  const app = Fastify();
  await app.register(policy.fastify);
  const handler = async (request, reply) => {
    const answer = await forward(request.method, request.raw.url, request.headers);
    reply.code(answer.status);
    const headers = {};
    for (let i = 0; i < answer.headers.length; i += 2) (headers[answer.headers[i].toLowerCase()] ??= []).push(answer.headers[i + 1]);
    reply.headers(headers);
    return reply.send(answer.body);
  };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request, payload, done) => done(null));
  app.setNotFoundHandler(handler);
  app.route({ method: ["GET", "POST", "PUT", "PATCH", "DELETE"], url: "/*", handler });
  return (await app.listen({ host: "127.0.0.1", port: 0 })).replace("http://", "");
};
