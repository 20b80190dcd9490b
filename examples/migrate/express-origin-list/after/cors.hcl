policy "app" {
  description = "The web app, its previews and the partners' hosts"

  allow_origins = [
    "https://app.example.com",
    "https://*.preview.example.com",
    "https://example.org",
    "https://**.example.org",
  ]
}

target "node" {
  path   = "cors"
  module = "commonjs"
}
