policy "app" {
  description = "The web app, with cookies"

  allow_origins     = ["https://app.example.com", "https://www.example.com"]
  allow_methods     = ["PUT", "DELETE"]
  allow_headers     = ["Content-Type"]
  expose_headers    = ["Content-Range"]
  allow_credentials = true
  max_age           = 7200
}

target "nginx" {
  path = "cors"
}
