policy "public" {
  description = "What everybody may read"

  allow_origins = ["*"]
}

policy "app" {
  description = "The web app and its administration, with cookies"

  allow_origins     = ["https://app.example.com", "https://admin.example.com"]
  allow_methods     = ["PUT"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
}

site "api" {
  route "/products/" { policy = policy.public }
  route "/orders/" { policy = policy.app }
}

target "node" {
  path   = "cors"
  module = "commonjs"
}
