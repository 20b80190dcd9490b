import express from "express4";
import server from "./express.mjs";

export default server(express);
