import http from "node:http";
import http2 from "node:http2";
import listen from "./listen.mjs";

// A server of HTTP/2 in clear text, and in front of it one that takes requests of
// HTTP/1.1 to it and its answers back.
export default async (policy, forward) => {
  const server = http2.createServer(
    policy.wrap(async (request, response) => {
      const answer = await forward(request.method, request.url, http1(request.headers));
      for (let i = 0; i < answer.headers.length; i += 2) response.appendHeader(answer.headers[i], answer.headers[i + 1]);
      response.writeHead(answer.status).end([204, 304].includes(answer.status) ? undefined : answer.body);
    }),
  );
  const session = http2.connect(`http://${await listen(server)}`);
  return listen(http.createServer((request, response) => bridge(session, request, response)));
};

// HTTP/2 has no absolute-form (https://www.rfc-editor.org/rfc/rfc9113#section-8.3.1).
function bridge(session, request, response) {
  const { connection, host, ...headers } = request.headersDistinct;
  const path = request.url.replace(/^https?:\/\/[^/?]+/i, "");
  const stream = session.request({ ...headers, ":method": request.method, ":path": path, ":authority": host });
  stream.on("response", (fields) => {
    response.writeHead(fields[":status"], http1(fields));
    stream.pipe(response);
  });
  stream.on("error", () => response.destroy());
}

function http1(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(":")));
}
