const express = require("express");
const { app: cors } = require("./cors/cors.gen.cjs");

const app = express();

app.use(cors);

app.get("/healthz", (req, res) => {
  res.send("ok");
});

app.get("/orders", (req, res) => {
  res.json([{ id: 1, product: "Lamp" }]);
});

app.put("/orders/:id", (req, res) => {
  res.json({ id: req.params.id });
});

app.post("/login", (req, res) => {
  res.redirect("/");
});

app.listen(process.env.PORT || 3000);
