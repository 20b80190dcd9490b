policy "one" {
  allow_origins = ["https://app.example.com"]
  allow_methods = ["GET", "POST", "PUT", "DELETE"]
  allow_headers = ["Authorization", "Content-Type"]
  max_age       = 600
}

policy "credentials" {
  allow_origins     = ["https://app.example.com"]
  allow_methods     = ["GET", "POST", "PUT", "DELETE"]
  allow_headers     = ["Authorization", "Content-Type"]
  expose_headers    = ["X-Request-Id", "X-Total-Count"]
  allow_credentials = true
  max_age           = 600
}

target "go" {
  path = "few"
}
