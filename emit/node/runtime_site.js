// $routes is the table of a site. A path that ends in "/" is for all below it too.
function $routes(routes, policies) {
  const table = { policies: new Map(), lengths: [] };
  const lengths = new Set();
  for (const [path, policy] of routes) {
    table.policies.set(path, policies[policy]);
    if (path.endsWith("/")) lengths.add(path.length);
  }
  table.lengths = [...lengths].sort((a, b) => b - a);
  return table;
}

// $find returns the policy of a request, or undefined if it has none.
function $find(table, url, headers) {
  const path = $path(url);
  return path === undefined ? $guard(table, url, headers) : $lookUp(table, path);
}

// $lookUp returns the policy of the longest route that holds a path.
function $lookUp(table, path) {
  const exact = table.policies.get(path);
  if (exact !== undefined) return exact;
  for (const length of table.lengths) {
    if (path[length - 1] !== "/") continue;
    const policy = table.policies.get(path.slice(0, length));
    if (policy !== undefined) return policy;
  }
}

// $guard returns the policy whose origin gate keeps a request out of which it is
// not clear what its path is. A handler may read the path in its own way, so every
// route counts that could hold it.
function $guard(table, url, headers) {
  const origin = $value(headers, "origin");
  if (origin === "") return undefined;
  const closest = $resolve($decode($pathOf(url)), true);
  for (const [path, policy] of table.policies) {
    const holds = path.endsWith("/") ? closest.startsWith(path) : closest === path;
    if (holds && policy.actual.refused.status !== 0 && !policy.allows(origin)) return policy;
  }
}

// $path returns the path of a request in normal form: decoded, without empty, "."
// and ".." segments. There is none where it is not clear what the path is: it
// holds an encoded "/", a NUL or a fragment, is not decodable, or leaves the root.
function $path(url) {
  const path = $pathOf(url);
  if (path[0] !== "/" || path.includes("#")) return undefined;
  if (path.includes("%") && /%2f|%(?![0-9a-f]{2})/i.test(path)) return undefined;
  const decoded = $decode(path);
  if (decoded.includes("\0")) return undefined;
  return /\/(?:\/|\.)/.test(decoded) ? $resolve(decoded, false) : decoded;
}

// $pathOf returns the path of a request's target, which may be a URL.
function $pathOf(url) {
  const path = url[0] === "/" ? url : url.replace(/^https?:\/\/[^/?#]+/i, "");
  const query = path.indexOf("?");
  return query < 0 ? path : path.slice(0, query);
}

// $decode decodes a path byte by byte, since it need not be UTF-8.
function $decode(path) {
  if (!path.includes("%")) return path;
  return path.replace(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(parseInt(code.slice(1), 16)));
}

// $resolve removes empty, "." and ".." segments. Above the root there is nothing,
// or in a lenient reading the root.
function $resolve(path, lenient) {
  const kept = [];
  let open = true; // the last segment leaves a "/" behind
  for (const segment of path.split("/")) {
    open = segment === "" || segment === "." || segment === "..";
    if (!open) kept.push(segment);
    else if (segment === ".." && kept.pop() === undefined && !lenient) return undefined;
  }
  return "/" + kept.join("/") + (open && kept.length > 0 ? "/" : "");
}
