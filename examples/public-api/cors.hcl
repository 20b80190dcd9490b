# A public API that any page may call, without cookies, and a console of its own
# that manages API keys with cookies. Each is on a host of its own.

policy "public" {
  description = "The public API: any page may call it"

  allow_origins  = ["*"]
  allow_methods  = ["GET", "POST", "PUT", "DELETE"]
  allow_headers  = ["Content-Type", "Authorization"]
  expose_headers = ["RateLimit-Limit", "RateLimit-Remaining", "Retry-After", "Link"]
  max_age        = 7200
}

policy "console" {
  description = "The console for API keys: its own pages only"

  allow_origins     = ["https://console.example.com"]
  allow_methods     = ["GET", "POST", "DELETE"]
  allow_headers     = ["Content-Type"]
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
