environments = ["development", "production"]

variable "api" {
  description = "Where the API runs while the app is developed"
  type        = string
  default     = "http://localhost:8080"
}

policy "app" {
  description       = "The API, called by the app's pages"
  allow_origins     = ["https://app.example.com"]
  allow_methods     = ["PUT"]
  allow_credentials = true

  environment "development" {
    allow_origins = ["http://localhost:*"]
  }
}

dev_proxy "api" {
  paths    = ["/api/", "/login", "/~me/-._!$&'()+,;=/", "/exact/-._!$&'()+,;="]
  upstream = var.api
}

dev_proxy "search" {
  paths    = ["/api/search/"]
  upstream = "https://search.staging.example.com/"
}

dev_proxy "legacy" {
  paths        = ["/legacy/"]
  upstream     = "http://[::1]:9000"
  strip_prefix = true
}
