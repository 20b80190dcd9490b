const express = require("express");
const cors = require("cors");

const app = express();

app.use(cors({ origin: "*", credentials: true }));
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
