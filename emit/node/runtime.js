// What follows carries the policies out. It is the same for every program.

// $owned are the response headers that a policy owns, in lower case: whatever a
// handler, or a middleware further out, has set of them is removed.
const $owned = new Set([
  "access-control-allow-origin",
  "access-control-allow-credentials",
  "access-control-allow-methods",
  "access-control-allow-headers",
  "access-control-allow-private-network",
  "access-control-expose-headers",
  "access-control-max-age",
]);

// $policy makes what the program exports of a policy, and of it in environments.
function $policy(policy, environments) {
  const middleware = $middleware(() => policy, environments.map(([name, other]) => [name, () => $policy(other, environments)]));
  middleware.allowsOrigin = (origin) => policy.allows(origin);
  return middleware;
}

// $site makes what the program exports of a site, which chooses a policy for each
// request by its path.
function $site(routes, policies, environments) {
  const table = $routes(routes, policies);
  const choose = (url, headers) => $find(table, url, headers);
  return $middleware(choose, environments.map(([name, others]) => [name, () => $site(routes, others, environments)]));
}

function $middleware(choose, environments) {
  const middleware = (request, response, next) => {
    if (!$serve(choose, request, response)) next();
  };
  middleware.wrap = (listener) => (request, response) => {
    if (!$serve(choose, request, response)) return listener(request, response);
  };
  middleware.fetch = (request, handler) => $fetch(choose, request, handler);
  middleware.fastify = $fastify(choose);
  if (environments.length > 0) middleware.in = (environment) => $in(environments, environment);
  return middleware;
}

function $in(environments, environment) {
  for (const [name, make] of environments) if (name === environment) return make();
  const known = environments.map(([name]) => JSON.stringify(name)).join(", ");
  throw new Error(`cors: there is no environment ${JSON.stringify(environment)}; choose one of ${known}`);
}

// $decide returns what a request gets
// (https://fetch.spec.whatwg.org/#cors-preflight-request).
function $decide(policy, method, headers, origin) {
  if (origin === "") return policy.actual.absent;
  const preflight = method === "OPTIONS" && $value(headers, "access-control-request-method") !== "";
  const branches = preflight ? policy.preflight : policy.actual;
  return policy.allows(origin) ? branches.allowed : branches.refused;
}

// $serve applies a policy to a request of node:http or node:http2, and reports
// whether it has answered it.
function $serve(choose, request, response) {
  const headers = request.headers;
  const policy = choose(request.originalUrl ?? request.url, headers);
  if (policy === undefined) return false;
  const origin = $value(headers, "origin");
  const decision = $decide(policy, request.method, headers, origin);
  if (decision.status === 0) {
    $atCommit(response, decision, origin);
    return false;
  }
  const fields = $fields(decision, headers, origin);
  if (decision.status !== 204) fields["Content-Length"] = "0";
  response.writeHead(decision.status, $merge(response, decision, fields, undefined));
  response.end();
  return true;
}

// $atCommit makes the headers what the policy says at the moment when they go out,
// so that nothing that happens before is lost or wins: an error page that clears
// them, a file that is served, a Vary that is set late.
function $atCommit(response, decision, origin) {
  const inner = response.writeHead;
  response.writeHead = function writeHead(status, message, given) {
    const text = typeof message === "string";
    if (!text && given === undefined) given = message;
    if (response.headersSent || status < 200) return inner.apply(response, arguments);
    const fields = $merge(response, decision, $fields(decision, undefined, origin), given);
    return text ? inner.call(response, status, message, fields) : inner.call(response, status, fields);
  };
}

// $fields returns the headers that a decision sets. Each response gets an object of
// its own, which nobody can reach through another one.
function $fields(decision, headers, origin) {
  const fields = {};
  const set = decision.set;
  for (let i = 0; i < set.length; i++) {
    const value = set[i][1];
    const text = typeof value === "string" ? value : value(headers, origin);
    if (text !== "") fields[set[i][0]] = text;
  }
  return fields;
}

// $merge removes what the policy owns from the headers that are set, and returns
// those that are given to writeHead, an object or a list, with fields. What is
// there of Vary, and the decision's, become one line.
function $merge(response, decision, fields, given) {
  let vary;
  const names = response.getHeaderNames();
  for (let i = 0; i < names.length; i++) {
    if (names[i] === "vary") vary = response.getHeader("vary");
    else if ($isOwned(names[i])) response.removeHeader(names[i]);
  }
  if (given !== undefined && given !== null) return $mergeGiven(given, decision, fields, vary);
  if (decision.vary !== "") fields.Vary = $unite(vary, decision.vary);
  return fields;
}

function $mergeGiven(given, decision, fields, vary) {
  const kept = Array.isArray(given) ? [] : {};
  const varies = [];
  for (const [name, value] of $pairs(given)) {
    if ($isOwned(name)) continue;
    if (decision.vary !== "" && name.length === 4 && name.toLowerCase() === "vary") varies.push(value);
    else if (Array.isArray(kept)) kept.push([name, value]);
    else kept[name] = value;
  }
  if (decision.vary !== "") fields.Vary = $unite(varies.length > 0 ? varies : vary, decision.vary);
  if (!Array.isArray(kept)) return Object.assign(kept, fields);
  kept.push(...Object.entries(fields));
  return Array.isArray(given[0]) ? kept : kept.flat();
}

// $pairs returns headers as writeHead takes them, an object, or a list with or
// without a list for each, as pairs.
function $pairs(given) {
  if (!Array.isArray(given)) return Object.entries(given);
  if (Array.isArray(given[0])) return given;
  const pairs = [];
  for (let i = 0; i < given.length; i += 2) pairs.push([given[i], given[i + 1]]);
  return pairs;
}

function $isOwned(name) {
  return name.length >= 22 && $owned.has(name.toLowerCase());
}

// $unite returns the members of lines, and those of added that they lack. "*"
// absorbs all others.
function $unite(lines, added) {
  if (lines === undefined) return added;
  const members = $members(String(lines));
  if (members.includes("*")) return "*";
  const there = new Set(members.map((member) => member.toLowerCase()));
  for (const member of $members(added)) if (!there.has(member.toLowerCase())) members.push(member);
  return members.join(", ");
}

function $members(line) {
  return line.split(",").map($trim).filter((member) => member !== "");
}

// $fetch applies a policy to a request of the Fetch standard.
function $fetch(choose, request, handler) {
  const policy = choose(request.url, request.headers);
  if (policy === undefined) return handler(request);
  const origin = $value(request.headers, "origin");
  const decision = $decide(policy, request.method, request.headers, origin);
  if (decision.status !== 0) {
    const headers = { ...$fields(decision, request.headers, origin), Vary: decision.vary };
    return new Response(null, { status: decision.status, headers });
  }
  const answer = handler(request);
  if (typeof answer?.then === "function") return answer.then((response) => $finish(decision, origin, response));
  return $finish(decision, origin, answer);
}

// $finish makes the headers of a handler's response what the policy says. One that
// cannot be changed, or that was returned before and may be on its way to somebody
// else, is copied. An upgrade, which in Bun is no response at all, and a network error
// have none.
function $finish(decision, origin, response) {
  if (!(response?.status >= 200)) return response;
  if (!$returned.has(response)) {
    $returned.add(response);
    try {
      $setHeaders(response.headers, decision, origin);
      return response;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
  const copy = new Response(response.body, response);
  $setHeaders(copy.headers, decision, origin);
  return copy;
}

const $returned = new WeakSet();

function $setHeaders(headers, decision, origin) {
  const fields = $fields(decision, undefined, origin);
  if (decision.vary !== "") fields.Vary = $unite(headers.get("Vary") ?? undefined, decision.vary);
  for (const name of $owned) headers.delete(name);
  for (const name of Object.keys(fields)) headers.set(name, fields[name]);
}

// $fastify returns a plugin that applies a policy in a hook of its own, before
// those of plugins that are registered later.
function $fastify(choose) {
  const plugin = (instance, options, done) => {
    instance.addHook("onRequest", (request, reply, next) => {
      if (!$serve(choose, request.raw, reply.raw)) return next();
      reply.hijack();
    });
    done();
  };
  plugin[Symbol.for("skip-override")] = true; // for the routes of the instance that registers it
  plugin[Symbol.for("fastify.display-name")] = "cors";
  return plugin;
}

// $value returns a header of a request without blanks around it, or "". Several
// lines come as a list, and no origin is a list.
function $value(headers, name) {
  const value = typeof headers.get === "function" ? headers.get(name) : headers[name];
  return value ? $trim(value) : "";
}

function $trim(text) {
  let start = 0;
  let end = text.length;
  while (start < end && $isBlank(text.charCodeAt(start))) start++;
  while (end > start && $isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function $isBlank(code) {
  return code === 32 || code === 9;
}

// These are the values of headers that repeat a part of the request: the Origin,
// which has matched, and what a preflight asks for, if it is of the right form.

function $origin(headers, origin) {
  return origin;
}

function $requestMethod(headers) {
  const method = $value(headers, "access-control-request-method");
  return method.length <= 4000 && $isToken(method) ? method : "";
}

function $requestHeaders(headers) {
  const list = $value(headers, "access-control-request-headers");
  return list.length <= 4000 && list.split(",").every((item) => $isToken($trim(item))) ? list : "";
}

// $isToken reports whether text is one token
// (https://www.rfc-editor.org/rfc/rfc9110#name-tokens).
function $isToken(text) {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text);
}

// $origins returns the function that knows a list of origins and one of patterns.
function $origins(exact, patterns) {
  const origins = new Set(exact);
  const shapes = $shapes(patterns);
  return (origin) => origin.length <= 512 && (origins.has(origin) || $matches(shapes, origin));
}

function $anyOrigin() {
  return true;
}

// $shapes groups patterns whose wildcards are at the same places.
function $shapes(patterns) {
  const shapes = new Map();
  for (const pattern of patterns) {
    const shape = $shape(pattern);
    const key = JSON.stringify(shape);
    if (!shapes.has(key)) shapes.set(key, { ...shape, patterns: new Set() });
    shapes.get(key).patterns.add(pattern);
  }
  return [...shapes.values()];
}

// $shape says where the wildcards of a pattern are: labels are counted from the
// right, and before and after are how much literal text is around one.
function $shape(pattern) {
  const anyPort = pattern.endsWith(":*");
  const host = pattern.slice(pattern.indexOf("://") + 3, anyPort ? -2 : undefined);
  const labels = host.split(".").reverse();
  const wildcards = [];
  labels.forEach((label, at) => {
    for (const wildcard of ["**", "*", "{digits}"]) {
      const before = label.indexOf(wildcard);
      if (before < 0) continue;
      if (wildcard !== "**") wildcards.push({ at, wildcard, before, after: label.length - before - wildcard.length });
      break;
    }
  });
  const deep = labels[labels.length - 1] === "**";
  return { anyPort, deep, labels: labels.length, wildcards };
}

// $matches reports whether an origin belongs to a pattern. For each shape it puts
// the wildcards in the place of what they would stand for, and looks up the
// pattern that comes out: so the time is that of reading the origin.
function $matches(shapes, origin) {
  return shapes.some((shape) => shape.patterns.has($generalise(shape, origin)));
}

// $generalise returns the only pattern of a shape that an origin can belong to.
function $generalise(shape, origin) {
  const portless = shape.anyPort ? $withoutPort(origin) : origin;
  const start = portless.indexOf("://") + 3;
  const labels = portless.slice(start).split(".");
  const more = labels.length - shape.labels;
  if (shape.deep ? more < 0 : more !== 0) return "";
  if (shape.deep && !labels.splice(0, more + 1, "**").every($isLabel)) return "";
  for (const { at, wildcard, before, after } of shape.wildcards) {
    const i = labels.length - 1 - at;
    const end = labels[i].length - after;
    const is = wildcard === "*" ? $isLabel : $isNumber;
    if (end <= before || !is(labels[i].slice(before, end))) return "";
    labels[i] = labels[i].slice(0, before) + wildcard + labels[i].slice(end);
  }
  return portless.slice(0, start) + labels.join(".") + (shape.anyPort ? ":*" : "");
}

// $withoutPort returns an origin without its port, if it has one: 1 to 5 digits,
// the first not 0.
function $withoutPort(origin) {
  const colon = origin.lastIndexOf(":");
  const port = origin.slice(colon + 1);
  return port.length <= 5 && port[0] !== "0" && $isNumber(port) ? origin.slice(0, colon) : origin;
}

function $isLabel(text) {
  return /^[a-z0-9_-]+$/.test(text);
}

function $isNumber(text) {
  return /^[0-9]+$/.test(text);
}

