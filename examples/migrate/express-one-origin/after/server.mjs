import express from "express";
import { rateLimit } from "express-rate-limit";
import { app as cors } from "./cors/cors.gen.mjs";

const app = express();

const signedIn = (req, res, next) => {
  if (req.headers.authorization !== "Bearer secret") return res.sendStatus(401);
  next();
};

app.use(cors);
app.use(express.json());
app.use("/login", rateLimit({ windowMs: 60_000, limit: 1 }));
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
