// response returns what the upstream has answered as a Response.
export default function response(answer) {
  const headers = new Headers();
  for (let i = 0; i < answer.headers.length; i += 2) headers.append(answer.headers[i], answer.headers[i + 1]);
  return new Response([204, 304].includes(answer.status) ? null : answer.body, { status: answer.status, headers });
}
