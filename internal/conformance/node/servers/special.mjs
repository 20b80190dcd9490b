// special answers requests to some paths as a handler may that takes a Request: with a
// Response that cannot be changed, that is returned twice, that is a stream, or that
// has headers of the policy's already.
export default function special(request) {
  switch (new URL(request.url).pathname) {
    case "/special/redirect":
      return Response.redirect(new URL("/", request.url), 302);
    case "/special/shared":
      return shared();
    case "/special/stream":
      return new Response(stream());
    case "/special/own":
      return Response.json({}, { headers: { vary: "Accept", "access-control-allow-origin": "*", "access-control-max-age": "1" } });
  }
}

let kept;

function shared() {
  return (kept ??= new Response(null, { status: 304 }));
}

function stream() {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("a stream\n"));
      controller.close();
    },
  });
}
