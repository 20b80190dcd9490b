import cors from "cors";
import express from "express";
import { rateLimit } from "express-rate-limit";

const app = express();

const signedIn = (req, res, next) => {
  if (req.headers.authorization !== "Bearer secret") return res.sendStatus(401);
  next();
};

app.use(express.json());
app.use("/login", rateLimit({ windowMs: 60_000, limit: 1 }));
app.use(cors({ origin: "https://app.example.com" }));
app.use("/notes", signedIn);

app.post("/login", (req, res) => {
  res.json({ token: "secret" });
});

app.get("/notes", (req, res) => {
  res.json(["Buy milk"]);
});

app.post("/notes", (req, res) => {
  res.status(201).json(req.body);
});

app.listen(process.env.PORT || 3000);
