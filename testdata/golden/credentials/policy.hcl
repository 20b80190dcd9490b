policy "app" {
  description       = "A web app with cookies, and its admin pages"
  allow_origins     = ["https://app.example.com", "https://admin.example.com"]
  allow_methods     = ["GET", "POST", "PUT", "DELETE"]
  allow_headers     = ["Content-Type", "Authorization"]
  expose_headers    = ["X-Request-Id", "ETag"]
  allow_credentials = true
  max_age           = 600
}
