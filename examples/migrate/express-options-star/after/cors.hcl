policy "app" {
  description = "The web app, with cookies"

  allow_origins     = ["https://app.example.com"]
  allow_methods     = ["PATCH"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
}

target "node" {
  path   = "cors"
  module = "commonjs"
}
