const express = require("express4");
const { api: cors } = require("./cors/cors.gen.cjs");

const app = express();

const signedIn = (req, res, next) => {
  if (!req.headers.cookie) return res.sendStatus(401);
  next();
};

app.use(cors);
app.use(express.json());

app.get("/products/:id", (req, res) => {
  res.json({ id: req.params.id });
});

app.get("/orders/:id", signedIn, (req, res) => {
  res.json({ id: req.params.id });
});

app.put("/orders/:id", signedIn, (req, res) => {
  res.json(req.body);
});

app.listen(process.env.PORT || 3000);
