const express = require("express");
const { app: cors } = require("./cors/cors.gen.cjs");

const app = express();

app.use(cors);
app.use(express.json());

app.get("/profile", (req, res) => {
  res.json({ name: "Ada" });
});

app.patch("/profile", (req, res) => {
  res.json(req.body);
});

app.listen(process.env.PORT || 3000);
