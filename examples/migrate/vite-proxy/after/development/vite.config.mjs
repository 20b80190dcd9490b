import { defineConfig } from "vite";
import { app, devProxy } from "./cors/vite.gen.mjs";

export default defineConfig({
  plugins: [app, devProxy],
});
