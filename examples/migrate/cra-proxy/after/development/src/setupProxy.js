const { app, devProxy } = require("../cors/cra.gen.cjs");

module.exports = (server) => server.use(app, devProxy);
