# One host with a public part, a part for the web app, and a part for partners.

policy "app" {
  allow_origins     = ["https://app.example.com"]
  allow_methods     = ["PUT", "DELETE"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
  max_age           = 7200
}

policy "partners" {
  allow_origins = ["https://shop.partner.example", "https://www.reseller.example"]
  allow_headers = ["Authorization", "Content-Type"]
  max_age       = 7200
}

policy "public" {
  allow_origins = ["*"]
}

site "api" {
  route "/healthz" {
    policy = policy.public
  }
  route "/v1/" {
    policy = policy.app
  }
  route "/v1/partners/" {
    policy = policy.partners
  }
  route "/v1/status/" {
    policy = policy.public
  }
}
