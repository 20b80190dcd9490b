import * as vite from "vite8";
import { development } from "./vite.mjs";

export default development(vite);
