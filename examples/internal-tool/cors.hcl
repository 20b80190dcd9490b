# An internal tool with environments. The same Go binary is promoted from
# staging to production and picks its policy by name at start-up; nginx gets the
# configuration of production.

environments = ["development", "staging", "production"]

variable "domain" {
  description = "The company's internal domain"
  type        = string
  default     = "corp.example.com"
}

origins "offices" {
  from = "offices.txt"
}

policy "tool" {
  description = "The internal tool and the dashboards of the offices"

  allow_origins     = concat(["https://tool.${var.domain}"], origins.offices)
  allow_methods     = ["GET", "POST", "PUT", "DELETE"]
  allow_headers     = ["Content-Type", "Authorization"]
  allow_credentials = true
  max_age           = 600
  origin_gate       = true # state-changing requests of other sites never reach the handler

  environment "development" {
    allow_origins = ["http://localhost:*", "http://127.0.0.1:*"]
    max_age       = 0
  }

  environment "staging" {
    allow_origins = ["https://tool.staging.${var.domain}", "https://*.tool.staging.${var.domain}"]
  }
}

target "go" {
  path = "internal/cors"
}

target "nginx" {
  path        = "deploy/nginx"
  environment = "production"
}

target "apache" {
  path        = "deploy/apache"
  environment = "production"
}
