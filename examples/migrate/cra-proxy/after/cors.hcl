environments = ["development", "production"]

policy "app" {
  description = "The web app, with cookies"

  allow_origins     = ["https://app.example.com"]
  allow_methods     = ["PUT"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
  max_age           = 7200

  environment "development" {
    allow_origins = ["http://localhost:*"]
  }
}

dev_proxy "api" {
  paths    = ["/api/"]
  upstream = "http://localhost:8080"
}

target "cra" {
  path        = "development/cors"
  environment = "development"
}

target "node" {
  path        = "production/cors"
  module      = "commonjs"
  environment = "production"
}
