const express = require("express");

const app = express();

app.get("/api/orders", (req, res) => {
  res.json([{ id: 1, product: "Lamp" }]);
});

app.put("/api/orders/:id", (req, res) => {
  res.json({ id: req.params.id });
});

app.listen(process.env.PORT || 8080);
