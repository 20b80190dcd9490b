const express = require("express");
const { app: cors } = require("./cors/cors.gen.cjs");

const app = express();

app.use(cors);
app.use(express.json());

app.get("/account", (req, res) => {
  if (!req.headers.cookie) return res.sendStatus(401);
  res.json({ name: "Ada", address: "1 Main Street" });
});

app.put("/account", (req, res) => {
  if (!req.headers.cookie) return res.sendStatus(401);
  res.json(req.body);
});

app.listen(process.env.PORT || 3000);
