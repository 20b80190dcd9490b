import * as vite from "vite7";
import { development } from "./vite.mjs";

export default development(vite);
