environments = ["development", "production"]

policy "app" {
  description       = "The shop's web pages, with cookies"
  allow_origins     = ["https://shop.example.com"]
  allow_methods     = ["GET", "POST", "DELETE"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
  max_age           = 7200

  environment "development" {
    allow_origins = ["http://localhost:*"]
  }
}

target "go" {
  path    = "internal/cors"
  observe = true
}
