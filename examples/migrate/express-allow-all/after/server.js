const express = require("express4");
const { app: cors } = require("./cors/cors.gen.cjs");

const app = express();

app.use(cors);
app.use(express.json());

const stock = { lamp: 4, table: 1 };

app.get("/me", (req, res) => {
  if (!req.headers.cookie) return res.sendStatus(401);
  res.json({ name: "Ada" });
});

app.get("/stock", (req, res) => {
  res.json(stock);
});

app.delete("/stock/:name", (req, res) => {
  delete stock[req.params.name];
  res.sendStatus(204);
});

app.listen(process.env.PORT || 3000);
