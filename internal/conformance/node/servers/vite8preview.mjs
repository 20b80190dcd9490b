import * as vite from "vite8";
import { preview } from "./vite.mjs";

export default preview(vite);
