# One binary goes from stage to stage and picks its policy by name.

environments = ["development", "staging", "production"]

variable "domain" {
  description = "Where everything is served"
  type        = string
  default     = "example.com"
}

policy "app" {
  allow_origins     = ["https://app.${var.domain}", "https://admin.${var.domain}"]
  allow_methods     = ["GET", "POST", "PUT", "DELETE"]
  allow_headers     = ["Content-Type", "X-Request-Id"]
  expose_headers    = ["X-Request-Id"]
  allow_credentials = true
  max_age           = 7200

  environment "development" {
    allow_origins = ["http://localhost:5173"]
  }

  environment "staging" {
    allow_origins = ["https://app.staging.${var.domain}", "https://*.app.staging.${var.domain}"]
    max_age       = 60
  }
}
