// A development server of a web app, with the policy app and the dev proxies of a
// module: node vitepage.mjs MODULE. It prints its address. The environment variable
// VITE is the package.
import { pathToFileURL } from "node:url";
import { develop } from "./vitesite.mjs";

const { app, devProxy } = await import(pathToFileURL(process.argv[2]));
const forever = { after() {} };
console.log("app", `127.0.0.1:${await develop(forever, { plugins: [app, devProxy] })}`);
