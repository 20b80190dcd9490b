policy "app" {
  description = "The web app and its previews, with cookies"

  allow_origins = [
    "https://app.example.com",
    "https://admin.example.com",
    "https://www.example.com",
    "https://pr-{digits}.preview.example.com",
  ]
  allow_methods     = ["GET", "PUT", "DELETE"]
  allow_headers     = ["Content-Type"]
  expose_headers    = ["X-Request-Id"]
  allow_credentials = true
  max_age           = 7200
}

target "go" {
  path = "internal/cors"
}

target "nginx" {
  path = "deploy/nginx"
}

target "apache" {
  path = "deploy/apache"
}
