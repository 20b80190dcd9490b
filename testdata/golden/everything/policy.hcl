corsgen {
  required_version = ">= 0.1"
}

environments = ["development", "production"]

variable "app_origins" {
  description = "Where the web app is served"
  type        = list(string)
  default     = ["https://app.example.com", "https://admin.example.com"]
}

locals {
  previews = "https://pr-{digits}.preview.example.com"
  headers  = ["Content-Type", "Authorization"]
}

origins "partners" {
  from = "partners.txt"
}

policy "app" {
  description       = "Everything at once: \"quotes\", ${"$"}dollars, 100%, back\\slashes, ; { } # */ `"
  allow_origins     = concat(var.app_origins, [local.previews, "https://*.example.com"], origins.partners)
  allow_methods     = ["GET", "PUT", "DELETE", "PATCH", "PUT"]
  allow_headers     = concat(local.headers, ["X-$odd'token`|~^!#%&*+.", "content-type"])
  expose_headers    = ["X-Request-Id", "X-100%"]
  allow_credentials = true
  max_age           = 7200
  preflight_status  = 200
  origin_gate       = true

  environment "development" {
    allow_origins    = ["http://localhost:*", "http://[::1]:8080", "null"]
    preflight_status = 204
    origin_gate      = false
  }

  accept_risk "C107" {
    origins     = ["null"]
    environment = "development"
    reason      = "sandboxed frames of the component workshop"
    owner       = "frontend"
    expires     = "2099-12-31"
  }
}

policy "public_api" {
  allow_origins  = ["*"]
  allow_methods  = ["GET"]
  expose_headers = ["*"]
}
