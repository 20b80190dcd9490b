policy "one" {
  allow_origins = ["https://app.example.com"]
  allow_methods = ["GET", "PUT"]
}

policy "web_app" {
  allow_origins     = ["https://app.example.com", "https://pr-{digits}.preview.example.com"]
  allow_methods     = ["PUT", "DELETE", "PATCH"]
  allow_headers     = ["Content-Type", "Authorization"]
  expose_headers    = ["X-Request-Id", "ETag"]
  allow_credentials = true
  max_age           = 600
}

policy "public" {
  allow_origins = ["*"]
}

policy "fonts" {
  allow_origins  = ["*"]
  allow_methods  = ["*"]
  allow_headers  = ["*", "Authorization"]
  expose_headers = ["*"]
}

policy "wildcards" {
  allow_origins = ["https://*.example.com"]
  allow_methods = ["*"]
  allow_headers = ["*"]
  max_age       = 0
}

policy "reflected" {
  allow_origins     = ["https://app.example.com"]
  allow_methods     = ["*"]
  allow_headers     = ["*"]
  allow_credentials = true
}

policy "gated" {
  allow_origins = ["https://app.example.com", "http://localhost:*"]
  allow_methods = ["POST"]
  allow_headers = ["Content-Type"]
  origin_gate   = true
}

policy "legacy" {
  allow_origins    = ["https://app.example.com"]
  allow_methods    = ["PUT"]
  preflight_status = 200
}

policy "frames" {
  allow_origins = ["null", "https://app.example.com"]
  allow_methods = ["PUT"]

  accept_risk "null-origin" {
    origins = ["null"]
    reason  = "sandboxed documentation frames"
    owner   = "docs"
    expires = "2099-12-31"
  }
}

policy "deep" {
  allow_origins     = ["https://**.example.com"]
  allow_headers     = ["X-A", "X-B"]
  allow_credentials = true
}

site "api" {
  route "/" {
    policy = policy.public
  }
  route "/app/" {
    policy = policy.web_app
  }
  route "/guarded/" {
    policy = policy.gated
  }
}
