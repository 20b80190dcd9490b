# A console that manages webhooks, in two environments that share their lists.

environments = ["staging", "production"]

locals {
  headers = ["Content-Type", "Idempotency-Key", "X-CSRF-Token"]
}

origins "consoles" {
  list = ["https://console.example.com", "https://console.eu.example.com"]
}

policy "console" {
  allow_origins     = origins.consoles
  allow_methods     = ["GET", "POST", "PUT", "DELETE"]
  allow_headers     = local.headers
  expose_headers    = ["Location"]
  allow_credentials = true
  max_age           = 7200

  environment "staging" {
    allow_origins = ["https://console.staging.example.com"]
  }
}
