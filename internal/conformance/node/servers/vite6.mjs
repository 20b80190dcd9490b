import * as vite from "vite6";
import { development } from "./vite.mjs";

export default development(vite);
