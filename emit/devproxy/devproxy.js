// What follows knows what is passed on, and as what. A proxy is a line of the
// table. Headers are those of node:http: an object with names in lower case.

// $proxies makes the table out of the lines that are printed, longest path first.
function $proxies(lines) {
  return lines.map((line) => ({ ...line, url: new URL(line.upstream) }));
}

// $proxyOf returns the proxy of a request's target, or undefined if it has none.
function $proxyOf(proxies, target) {
  const path = $pathOf(target);
  return proxies.find((proxy) => (proxy.path.endsWith("/") ? path.startsWith(proxy.path) : path === proxy.path));
}

// $pathOf returns the path of a request's target, as it stands there.
function $pathOf(target) {
  return target.split("?", 1)[0];
}

// $targetFor returns the target that the upstream gets.
function $targetFor(proxy, target) {
  return proxy.strip ? target.slice(proxy.path.length - 1) : target;
}

// $leadsHere reports whether an upstream is the server that got a request: it would
// ask itself again and again, in HTTP/1.1.
function $leadsHere({ url }, request) {
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  return request.httpVersionMajor === 1 && port === request.socket.localPort && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
}

// $originFor returns the Origin that the upstream gets, if there is one. To a page
// of this server the upstream is its own server. All others keep their Origin, so
// that the upstream can tell them from it.
function $originFor(proxy, headers, names) {
  return $isOrigin(headers.origin) && $isSameOrigin(headers, names) ? proxy.url.origin : headers.origin;
}

// $isOrigin reports whether a header is one origin of a page.
function $isOrigin(text) {
  if (!/^https?:/.test(text)) return false;
  try {
    return new URL(text).origin === text;
  } catch {
    return false;
  }
}

// $isSameOrigin believes the browser, which no page makes say so
// (https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header). It says
// nothing in plain http to names but localhost: there the host of the Origin is
// the Host. That holds for a stranger's page, too, whose name leads here.
function $isSameOrigin(headers, names) {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  return new URL(headers.origin).host === headers.host && $isOwnHost(headers.host, names);
}

// $isOwnHost reports whether a Host cannot be a name that a stranger has made lead
// here: it is localhost or below it, an address, or one of names. There,
// ".example.com" is that name and all below it. True stands for every name.
function $isOwnHost(host, names) {
  if (names === true) return true;
  const name = $hostname(host);
  if (/^(?:[\d.]+|\[.*\]|(?:.*\.)?localhost)$/.test(name)) return true;
  return names.some((known) => known.toLowerCase() === name || (known[0] === "." && `.${name}`.endsWith(known.toLowerCase())));
}

function $hostname(host) {
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return "";
  }
}

// $restore makes the headers of an upstream's answer those of an answer of this
// server, in place.
function $restore(proxy, headers) {
  if (headers.location !== undefined) headers.location = $locationHere(proxy, headers.location);
  if (headers["set-cookie"] !== undefined) headers["set-cookie"] = headers["set-cookie"].map((cookie) => $cookieHere(proxy, cookie));
}

// $locationHere returns a Location that leads to the upstream as a path of this
// server. One that is relative to the request's path is right as it is.
function $locationHere(proxy, location) {
  if (!/^(?:[a-z][a-z0-9+.-]*:)?[/\\]/i.test(location)) return location;
  let url;
  try {
    url = new URL(Buffer.from(location, "latin1").toString(), proxy.url); // node:http has made a character of each byte
  } catch {
    return location;
  }
  if (url.origin !== proxy.url.origin) return location;
  const path = url.pathname + url.search + url.hash;
  if (proxy.strip) return proxy.path + path.slice(1);
  return path.startsWith("//") ? location : path; // with "//" it would lead to a server of that name
}

// $cookieHere returns a Set-Cookie without Domain, which is not this server's.
function $cookieHere(proxy, cookie) {
  const [pair, ...attributes] = cookie.split(";");
  const kept = attributes.filter((attribute) => !/^\s*domain\s*(?:=|$)/i.test(attribute));
  return [pair, ...(proxy.strip ? kept.map((attribute) => $withPrefix(proxy, attribute)) : kept)].join(";");
}

// $withPrefix gives the path of a cookie its prefix back. "/" stays what it is: the
// cookie is for scripts of any page.
function $withPrefix(proxy, attribute) {
  return attribute.replace(/^(\s*path\s*=\s*)\/(?=\s*\S)/i, (_, before) => before + proxy.path);
}
