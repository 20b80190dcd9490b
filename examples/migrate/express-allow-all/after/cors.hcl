policy "app" {
  description = "The app of the warehouse, with cookies"

  allow_origins     = ["https://app.example.com"]
  allow_methods     = ["DELETE"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
}

target "node" {
  path   = "cors"
  module = "commonjs"
}
