// A program in TypeScript that uses all that a module exports, in every server.
import http from "node:http";
import http2 from "node:http2";
import { serve } from "@hono/node-server";
import connect from "connect";
import express4 from "express4";
import express5 from "express5";
import Fastify from "fastify";
import { Hono } from "hono";
import { defineConfig as defineConfig5 } from "vite5";
import { defineConfig as defineConfig8 } from "vite8";
import { api, app, type Cors, type Environment, type Policy } from "./cors.gen.mjs";
import * as dev from "./vite.gen.mjs";

const environment: Environment = "production";
const strict: Policy = app.in(environment);
const site: Cors = api.in(environment);
const isAllowed: boolean = app.allowsOrigin("https://app.example.com");

http.createServer(app.wrap((request: http.IncomingMessage, response: http.ServerResponse) => response.end(request.url)));
http.createServer(app.wrap<http.IncomingMessage, http.ServerResponse>((request, response) => response.end(request.url)));
http2.createServer(site.wrap((request: http2.Http2ServerRequest, response: http2.Http2ServerResponse) => response.end(request.url)));
express4().use(app).use("/api", site).get("/", strict, (request, response) => response.send(request.path));
express5().use(app).use("/api", site).get("/", strict, (request, response) => void response.send(request.path));
connect().use(app).use("/api", site);
await Fastify().register(app.fastify);
await Fastify({ http2: true }).register(site.fastify);
defineConfig5({ plugins: [dev.app, dev.api.in(environment), dev.devProxy] });
defineConfig8({ plugins: [dev.app, dev.api.in(environment), dev.devProxy] });

const hono = new Hono();
serve({ fetch: (request, ...rest) => app.fetch(request, (request) => hono.fetch(request, ...rest)) });

const request = new Request("https://api.example.com/");
const now: Response = app.fetch(request, () => new Response("now"));
const later: Response = await app.fetch(request, async (request) => new Response(request.url));
const either: Response | Promise<Response> = app.fetch(request, (request) => (isAllowed ? new Response() : fetch(request)));
const upgraded: Response | undefined = await app.fetch(request, (request) => (isAllowed ? undefined : fetch(request)));
console.log(now, later, either, upgraded);

// @ts-expect-error: there is no such environment
const misspelt: Environment = "productoin";
// @ts-expect-error: a site is no policy
api.allowsOrigin("https://app.example.com");
// @ts-expect-error: a handler returns a Response
app.fetch(request, () => "text");
// @ts-expect-error: a listener takes a request and a response
app.wrap("listener");
console.log(misspelt);
