// What program.mts does, in short, with require.
import http = require("node:http");
import express = require("express5");
import fastify = require("fastify");
import cors = require("./cors.gen.cjs");
import dev = require("./cra.gen.cjs");

const { api, app } = cors;
const environment: cors.Environment = "production";
const strict: cors.Policy = app.in(environment);

http.createServer(api.wrap((request: http.IncomingMessage, response: http.ServerResponse) => response.end(request.url)));
express().use(app).get("/", strict, (request, response) => void response.send(request.path));
express().use(dev.app, dev.devProxy);
fastify.fastify().register(app.fastify);
