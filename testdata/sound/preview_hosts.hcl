# Every pull request gets a preview below a domain that is ours alone.

policy "app" {
  allow_origins = [
    "https://app.example.com",
    "https://pr-{digits}.preview.example.com",
    "https://*.branches.preview.example.com",
  ]
  allow_methods     = ["GET", "POST", "DELETE"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
  max_age           = 600
}
