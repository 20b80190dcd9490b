import cors from "cors";
import express from "express";

const app = express();

app.use(cors({ origin: process.env.ORIGINS.split(","), credentials: true }));

app.get("/orders", (req, res) => {
  res.json([{ id: 1, product: "Lamp" }]);
});

app.listen(process.env.PORT || 3000);
