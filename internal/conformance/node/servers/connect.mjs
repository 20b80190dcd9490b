import http from "node:http";
import connect from "connect";
import listen from "./listen.mjs";

// The answer goes out header by header, with a status that is set, not written.
export default (policy, forward) => {
  const app = connect();
  app.use(policy);
  app.use(async (request, response) => {
    const answer = await forward(request.method, request.originalUrl, request.headers);
    response.statusCode = answer.status;
    for (let i = 0; i < answer.headers.length; i += 2) response.appendHeader(answer.headers[i], answer.headers[i + 1]);
    response.end(answer.body);
  });
  return listen(http.createServer(app));
};
