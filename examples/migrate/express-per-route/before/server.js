const express = require("express4");
const cors = require("cors");

const app = express();

const forApp = cors({ origin: ["https://app.example.com", "https://admin.example.com"], credentials: true });

const signedIn = (req, res, next) => {
  if (!req.headers.cookie) return res.sendStatus(401);
  next();
};

app.use(express.json());

app.get("/products/:id", cors(), (req, res) => {
  res.json({ id: req.params.id });
});

app.get("/orders/:id", signedIn, forApp, (req, res) => {
  res.json({ id: req.params.id });
});

app.put("/orders/:id", signedIn, forApp, (req, res) => {
  res.json(req.body);
});

app.listen(process.env.PORT || 3000);
