policy "app" {
  allow_origins = [
    "https://*.example.com",
    "https://pr-*.preview.example.net",
    "https://deploy-{digits}.example.org",
    "https://**.deep.example",
    "http://localhost:*",
    "http://127.0.0.1:*",
    "https://*.ports.example:8443",
    "https://v{digits}.*.mixed.example:*",
    "https://exact.example.net",
  ]
}
