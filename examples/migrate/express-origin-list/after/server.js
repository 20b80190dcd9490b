const express = require("express");
const { app: cors } = require("./cors/cors.gen.cjs");

const app = express();

app.use(cors);

app.get("/orders", (req, res) => {
  res.json([{ id: 1, product: "Lamp" }]);
});

app.get("/texts", (req, res) => {
  res.set("Cache-Control", "public, max-age=600");
  res.set("Vary", "Accept-Language");
  res.json({ hello: req.acceptsLanguages("fi") ? "Hei" : "Hello" });
});

app.listen(process.env.PORT || 3000);
