policy "app" {
  description = "The web app and its administration, with cookies"

  allow_origins     = ["https://app.example.com", "https://admin.example.com"]
  allow_methods     = ["PUT"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
}

target "node" {
  path   = "cors"
  module = "commonjs"
}
