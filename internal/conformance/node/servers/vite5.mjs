import * as vite from "vite5";
import { development } from "./vite.mjs";

export default development(vite);
