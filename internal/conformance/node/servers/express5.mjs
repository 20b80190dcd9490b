import express from "express5";
import server from "./express.mjs";

export default server(express);
