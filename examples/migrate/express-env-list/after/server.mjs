import express from "express";
import { app as cors } from "./cors/cors.gen.mjs";

const app = express();

app.use(cors.in(process.env.ENVIRONMENT));

app.get("/orders", (req, res) => {
  res.json([{ id: 1, product: "Lamp" }]);
});

app.listen(process.env.PORT || 3000);
