# What attackers try against lists of origins; see docs/security.md.
policy "app" {
  allow_origins = [
    "https://www.example.com",
    "https://*.trusted.example.com",
    "http://localhost:3000",
  ]
  allow_methods     = ["PUT"]
  allow_headers     = ["Authorization", "Content-Type"]
  allow_credentials = true
}
