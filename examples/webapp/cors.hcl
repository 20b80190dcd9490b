# A web app that signs its users in with cookies. The API is on a host of its
# own; every pull request gets a preview below a domain that the team owns.

locals {
  previews = "https://pr-{digits}.preview.example.com"
}

policy "app" {
  description = "The web app, its admin pages and its previews, with cookies"

  allow_origins = [
    "https://app.example.com",
    "https://admin.example.com",
    "https://www.example.com",
    local.previews,
  ]
  allow_methods     = ["GET", "POST", "PUT", "PATCH", "DELETE"]
  allow_headers     = ["Content-Type", "X-CSRF-Token"]
  expose_headers    = ["X-Request-Id", "ETag"]
  allow_credentials = true
  max_age           = 7200
}

target "go" {
  path = "internal/cors"
}

target "nginx" {
  path = "deploy/nginx"
}

target "apache" {
  path = "deploy/apache"
}

test "the app and its previews may write with cookies" {
  policy           = policy.app
  origins          = ["https://app.example.com", "https://pr-7.preview.example.com"]
  methods          = ["PUT", "PATCH", "DELETE"]
  headers          = { "Content-Type" = "application/json", "X-CSRF-Token" = "secret" }
  credentials      = "include"
  expect           = "allowed"
  preflight        = true
  readable_headers = ["X-Request-Id", "ETag"]
}

test "strangers stay out" {
  policy = policy.app
  origins = [
    "https://pr-7.preview.example.com.evil.example",
    "http://app.example.com",
    "null",
  ]
  methods = ["GET", "PUT"]
  expect  = "blocked"
  reason  = "origin-not-allowed"
}
