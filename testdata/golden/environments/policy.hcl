environments = ["development", "staging", "production"]

policy "app" {
  allow_origins     = ["https://app.example.com"]
  allow_methods     = ["PUT"]
  allow_credentials = true
  max_age           = 7200

  environment "development" {
    allow_origins = ["http://localhost:*"]
    max_age       = 0
  }
  environment "staging" {
    allow_origins = ["https://*.staging.example.com"]
  }
}

policy "public" {
  allow_origins = ["*"]

  environment "development" {
    expose_headers = ["X-Debug"]
  }
}
