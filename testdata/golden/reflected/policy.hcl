policy "app" {
  allow_origins     = ["https://app.example.com"]
  allow_methods     = ["*"]
  allow_headers     = ["*"]
  allow_credentials = true
  max_age           = 0
}
