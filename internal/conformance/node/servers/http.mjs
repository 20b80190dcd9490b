import http from "node:http";
import listen from "./listen.mjs";

// The answer goes out by writeHead, with a list.
export default (policy, forward) =>
  listen(
    http.createServer(
      policy.wrap(async (request, response) => {
        const answer = await forward(request.method, request.url, request.headers);
        response.writeHead(answer.status, answer.headers).end(answer.body);
      }),
    ),
  );
