const express = require("express");
const cors = require("cors");

const app = express();

const whitelist = ["https://app.example.com", "https://admin.example.com"];

const corsOptions = {
  origin: (origin, callback) => {
    if (!origin || whitelist.includes(origin)) {
      callback(null, true);
    } else {
      callback(new Error("Not allowed by CORS"));
    }
  },
  credentials: true,
};

app.use(cors(corsOptions));

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
