policy "app" {
  description = "The web app, with cookies"

  allow_origins     = ["https://example.com", "https://www.example.com", "https://app.example.com"]
  allow_methods     = ["PUT", "DELETE"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
  max_age           = 7200
}

target "apache" {
  path    = "cors"
  context = "htaccess"
}
