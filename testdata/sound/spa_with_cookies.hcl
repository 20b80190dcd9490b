# A web app on its own host, and an API that knows the user by a cookie. The
# token against forged requests is in a header.

policy "app" {
  allow_origins     = ["https://app.example.com"]
  allow_methods     = ["GET", "POST", "PUT", "PATCH", "DELETE"]
  allow_headers     = ["Content-Type", "X-CSRF-Token"]
  expose_headers    = ["X-Request-Id"]
  allow_credentials = true
  max_age           = 7200
}
