import http from "node:http";
import listen from "./listen.mjs";

// The answer goes out by Express: header by header, then send.
export default (express) => (policy, forward) => {
  const app = express();
  app.use(policy);
  app.use(async (request, response) => {
    const answer = await forward(request.method, request.originalUrl, request.headers);
    response.status(answer.status);
    for (let i = 0; i < answer.headers.length; i += 2) response.append(answer.headers[i], answer.headers[i + 1]);
    response.send(answer.body);
  });
  return listen(http.createServer(app));
};
