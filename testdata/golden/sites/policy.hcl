environments = ["development", "production"]

policy "app" {
  allow_origins     = ["https://app.example.com"]
  allow_methods     = ["PUT"]
  allow_credentials = true

  environment "development" {
    allow_origins = ["http://localhost:*"]
  }
}

policy "public" {
  allow_origins = ["*"]
}

policy "guarded" {
  allow_origins = ["https://admin.example.com"]
  origin_gate   = true
}

site "api" {
  route "/healthz" {
    policy = policy.public
  }
  route "/v1/" {
    policy = policy.app
  }
  route "/v1/public/" {
    policy = policy.public
  }
  route "/v1/public/admin" {
    policy = policy.guarded
  }
  route "/.well-known/" {
    policy = policy.public
  }
  route "/~me/-._!$&'()+,;=/" {
    policy = policy.app
  }
}

site "everything" {
  route "/" {
    policy = policy.public
  }
  route "/admin/" {
    policy = policy.guarded
  }
}
