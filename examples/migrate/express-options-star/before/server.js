const express = require("express");
const cors = require("cors");

const app = express();

app.options("*", cors()); // preflights of all routes
app.use(cors({ origin: "https://app.example.com", credentials: true }));
app.use(express.json());

app.get("/profile", (req, res) => {
  res.json({ name: "Ada" });
});

app.patch("/profile", (req, res) => {
  res.json(req.body);
});

app.listen(process.env.PORT || 3000);
