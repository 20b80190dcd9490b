// Starts a development server for the app in the current folder: node server.cjs KIND.
// "cra" is that of Create React App, in its own process. "wds5" is webpack-dev-server
// 5, with what Create React App tells version 4, as far as a policy or a proxy can see
// it. The line that is written has the port.
const { createServer } = require("node:net");
const { join } = require("node:path");

const start = {
  cra(port) {
    Object.assign(process.env, { BROWSER: "none", CI: "true", HOST: "127.0.0.1", PORT: port, FAST_REFRESH: "false", GENERATE_SOURCEMAP: "false" });
    require("react-scripts/scripts/start");
  },
  wds5(port) {
    const Server = require("webpack-dev-server5");
    const any = "*";
    const options = {
      host: "127.0.0.1",
      port,
      allowedHosts: "all",
      headers: { "Access-Control-Allow-Origin": any, "Access-Control-Allow-Methods": any, "Access-Control-Allow-Headers": any },
      compress: true,
      static: { directory: join(process.cwd(), "public") },
      historyApiFallback: { disableDotRule: true, index: "/" },
      setupMiddlewares(middlewares, { app }) {
        require(join(process.cwd(), "src/setupProxy.js"))(app);
        return middlewares;
      },
    };
    const plugins = [new (require("html-webpack-plugin"))({ template: "public/index.html" })];
    const compiler = require("webpack")({ mode: "development", context: process.cwd(), output: { filename: "static/js/bundle.js", publicPath: "/" }, plugins, infrastructureLogging: { level: "none" } });
    new Server(options, compiler).start();
  },
};

const free = createServer().listen(0, "127.0.0.1", () => {
  const { port } = free.address();
  free.close(() => {
    start[process.argv[2]](port);
    process.stdout.write(`\nport ${port}\n`);
  });
});
