policy "app" {
  description = "The web app and its administration, with cookies; and the server's own login page"

  allow_origins = [
    "https://app.example.com",
    "https://admin.example.com",
    "https://api.example.com",
  ]
  allow_methods     = ["PUT"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
  origin_gate       = true
}

target "node" {
  path   = "cors"
  module = "commonjs"
}
