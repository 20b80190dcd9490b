// Tests the functions of devproxy.js on headers as node:http has them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

vm.runInThisContext(readFileSync(new URL("../devproxy.js", import.meta.url), "utf8"));
const { $proxies, $proxyOf, $targetFor, $originFor, $isOwnHost, $restore } = globalThis;

const table = $proxies([
  { name: "v2", path: "/api/v2/", upstream: "http://localhost:8082", strip: true },
  { name: "login", path: "/login", upstream: "https://auth.example.com", strip: false },
  { name: "api", path: "/api/", upstream: "http://localhost:8080", strip: false },
  { name: "odd", path: "/$&/", upstream: "http://[::1]:80", strip: true },
]);
const [v2, login, api, odd] = table;

test("which proxy a request belongs to, and what the upstream is asked for", () => {
  for (const [target, name, want] of [
    ["/api/things?q=/login", "api", "/api/things?q=/login"],
    ["/api/", "api", "/api/"],
    ["/api/v2", "api", "/api/v2"],
    ["/api/v2/", "v2", "/"],
    ["/api/v2/things/?q", "v2", "/things/?q"],
    ["/api/v2//evil.example/", "v2", "//evil.example/"],
    ["/api/v2/?/", "v2", "/?/"],
    ["/login", "login", "/login"],
    ["/login?next=/", "login", "/login?next=/"],
    ["/$&/x", "odd", "/x"],
    ["/login/"],
    ["/api"],
    ["/api?x"],
    ["/API/"],
    ["/"],
    ["//api/"],
    ["/?/api/"],
    ["http://localhost:3000/api/"],
    ["*"],
    [""],
  ]) {
    const proxy = $proxyOf(table, target);
    assert.equal(proxy?.name, name, target);
    if (proxy !== undefined) assert.equal($targetFor(proxy, target), want);
  }
});

test("the Origin of a page of this server becomes the upstream's, and no other", () => {
  const page = { host: "localhost:3000", origin: "http://localhost:3000" };
  for (const [headers, want, names = []] of [
    [page, "http://localhost:8080"],
    [{ ...page, "sec-fetch-site": "same-origin" }, "http://localhost:8080"],
    [{ ...page, "sec-fetch-site": "same-site" }, page.origin],
    [{ ...page, "sec-fetch-site": "cross-site" }, page.origin],
    [{ ...page, "sec-fetch-site": "same-origin, cross-site" }, page.origin],
    [{ ...page, "sec-fetch-site": "" }, page.origin],
    [{ host: "tunnel.example", origin: "https://app.example.com", "sec-fetch-site": "same-origin" }, "http://localhost:8080"],
    [{ host: "127.0.0.1:3000", origin: "http://127.0.0.1:3000" }, "http://localhost:8080"],
    [{ host: "[::1]:3000", origin: "http://[::1]:3000" }, "http://localhost:8080"],
    [{ host: "app.localhost:3000", origin: "http://app.localhost:3000" }, "http://localhost:8080"],
    [{ host: "devbox:3000", origin: "http://devbox:3000" }, "http://localhost:8080", ["devbox"]],
    [{ host: "devbox:3000", origin: "http://devbox:3000" }, "http://localhost:8080", true],
    // A name that a stranger has made lead here.
    [{ host: "evil.example:3000", origin: "http://evil.example:3000" }, "http://evil.example:3000", ["devbox"]],
    [{ host: "localhost.evil.example", origin: "http://localhost.evil.example" }, "http://localhost.evil.example"],
    [{ host: "evillocalhost", origin: "http://evillocalhost" }, "http://evillocalhost"],
    [{ host: "localhost:3000", origin: "http://localhost:3001" }, "http://localhost:3001"],
    [{ host: "localhost:3000", origin: "https://evil.example" }, "https://evil.example"],
    [{ origin: "http://localhost:3000" }, "http://localhost:3000"],
    [{ host: "localhost:3000" }, undefined],
    [{ host: "localhost:3000", "sec-fetch-site": "same-origin" }, undefined],
    ...["null", "", "http://localhost:3000, http://localhost:3000", "http://localhost:3000/", "HTTP://localhost:3000", "http://x@localhost:3000", "http://",
      "localhost:3000", "chrome-extension://localhost:3000", "http://localhost:3000 "].flatMap((origin) => [
      [{ ...page, origin }, origin],
      [{ ...page, origin, "sec-fetch-site": "same-origin" }, origin],
    ]),
  ]) {
    assert.equal($originFor(api, headers, names), want, JSON.stringify(headers));
  }
  assert.equal($originFor(odd, page, []), "http://[::1]", "an origin has no default port");
});

test("hosts that nobody else can make lead here", () => {
  for (const [host, want, names = []] of [
    ["localhost", true], ["localhost:3000", true], ["LOCALHOST", true], ["a.b.localhost:1", true], ["127.0.0.1:3000", true], ["192.168.1.7", true],
    ["[::1]:3000", true], ["2130706433", true], ["[fe80::1]", true],
    ["devbox", true, ["DevBox"]], ["a.example.com:3000", true, [".example.com"]], ["example.com", true, [".Example.com"]], ["anything", true, true], [undefined, true, true],
    ["evil.example", false], ["localhost.", false], ["xlocalhost", false], ["127.0.0.1.evil.example", false], ["1.2.3.4.evil", false], ["localhost@evil.example", false],
    ["localhost:1@evil.example", false], ["evil.example#localhost", false], ["evilexample.com", false, [".example.com"]], ["a.devbox", false, ["devbox"]], ["", false],
    ["[", false], ["a b", false], [undefined, false],
  ]) {
    assert.equal($isOwnHost(host, names), want, host);
  }
});

test("a Location at the upstream becomes a path here", () => {
  for (const [proxy, location, want] of [
    [api, "http://localhost:8080/api/a?b#c", "/api/a?b#c"],
    [api, "http://localhost:8080", "/"],
    [api, "HTTP://LocalHost:8080/a", "/a"],
    [api, "/a/b?c", "/a/b?c"],
    [api, "//localhost:8080/a", "/a"],
    [api, "a/b", "a/b"],
    [api, "?a", "?a"],
    [api, "", ""],
    [v2, "http://localhost:8082/a?b#c", "/api/v2/a?b#c"],
    [v2, "/a", "/api/v2/a"],
    [v2, "/", "/api/v2/"],
    [v2, "../a", "../a"],
    [odd, "http://[::1]/a", "/$&/a"],
    [login, "https://auth.example.com:443/a", "/a"],
    [api, "/\u00c3\u00a9", "/%C3%A9"],
    // Elsewhere.
    [api, "https://localhost:8080/", "https://localhost:8080/"],
    [api, "http://localhost/", "http://localhost/"],
    [api, "http://127.0.0.1:8080/", "http://127.0.0.1:8080/"],
    [api, "http://localhost:8080@evil.example/", "http://localhost:8080@evil.example/"],
    [api, "http://localhost:8080.evil.example/", "http://localhost:8080.evil.example/"],
    [login, "https://auth.example.com.evil.example/", "https://auth.example.com.evil.example/"],
    [api, "//evil.example/", "//evil.example/"],
    [api, "/\\evil.example/", "/\\evil.example/"],
    [v2, "//evil.example/", "//evil.example/"],
    [api, "javascript:alert(1)", "javascript:alert(1)"],
    [api, "http://[", "http://["],
    // Never a path that a browser takes for a host.
    [api, "http://localhost:8080//evil.example/", "http://localhost:8080//evil.example/"],
    [api, "http://localhost:8080/\\evil.example/", "http://localhost:8080/\\evil.example/"],
    [api, "http://localhost:8080/\t/evil.example/", "http://localhost:8080/\t/evil.example/"],
    [api, "http://localhost:8080/..//evil.example/", "http://localhost:8080/..//evil.example/"],
    [v2, "http://localhost:8082//evil.example/", "/api/v2//evil.example/"],
    [v2, "/a/..//evil.example/", "/api/v2//evil.example/"],
  ]) {
    const headers = { location };
    $restore(proxy, headers);
    assert.deepEqual(headers, { location: want }, location);
  }
});

test("cookies become this server's", () => {
  for (const [proxy, cookie, want] of [
    [api, "a=1; Domain=example.com; Path=/; Secure", "a=1; Path=/; Secure"],
    [api, "a=1;DOMAIN = .example.com;HttpOnly", "a=1;HttpOnly"],
    [api, "a=1; domain", "a=1"],
    [api, "a=1; Domain=a; domain=b", "a=1"],
    [api, "Domain=example.com; Path=/api/x", "Domain=example.com; Path=/api/x"],
    [api, "a=Domain=b; SameSite=None; Domained=x", "a=Domain=b; SameSite=None; Domained=x"],
    [api, "", ""],
    [v2, "a=1; Path=/auth; Domain=x", "a=1; Path=/api/v2/auth"],
    [v2, "a=1; path = /auth/", "a=1; path = /api/v2/auth/"],
    [v2, "a=1; Path=/ ; Secure", "a=1; Path=/ ; Secure"],
    [v2, "a=1; Path=auth", "a=1; Path=auth"],
    [odd, "a=1; Path=/x", "a=1; Path=/$&/x"],
  ]) {
    const headers = { "set-cookie": [cookie, "b=2"] };
    $restore(proxy, headers);
    assert.deepEqual(headers["set-cookie"], [want, "b=2"]);
  }
  const headers = { "content-type": "text/plain" };
  $restore(api, headers);
  assert.deepEqual(headers, { "content-type": "text/plain" });
});

test("long headers cost no time", () => {
  const long = "a".repeat(100_000);
  const started = performance.now();
  for (const text of [long, " ".repeat(100_000), "/".repeat(100_000), ";".repeat(100_000), "http://" + ".".repeat(100_000), `http://${long}`, "path=" + " ".repeat(100_000)]) {
    $originFor(api, { host: text, origin: text }, [".example.com"]);
    $isOwnHost(text, [".example.com"]);
    $restore(v2, { location: text, "set-cookie": [text, `a=1;${text}`] });
    $proxyOf(table, text);
  }
  assert.ok(performance.now() - started < 2000);
});
