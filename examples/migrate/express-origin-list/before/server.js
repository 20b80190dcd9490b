const express = require("express");
const cors = require("cors");

const app = express();

app.use(
  cors({
    origin: [
      "https://app.example.com",
      "https://*.preview.example.com",
      /example\.org$/, // the partners
    ],
  }),
);

app.get("/orders", (req, res) => {
  res.json([{ id: 1, product: "Lamp" }]);
});

app.get("/texts", (req, res) => {
  res.set("Cache-Control", "public, max-age=600");
  res.set("Vary", "Accept-Language");
  res.json({ hello: req.acceptsLanguages("fi") ? "Hei" : "Hello" });
});

app.listen(process.env.PORT || 3000);
