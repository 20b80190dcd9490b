# The endpoints of OpenID Connect that pages call: discovery and keys are for
# all; tokens and user info are for registered apps.

policy "metadata" {
  allow_origins = ["*"]
  max_age       = 7200
}

policy "tokens" {
  allow_origins  = ["https://app.example.com", "https://*.apps.example.com"]
  allow_methods  = ["POST"]
  allow_headers  = ["Authorization", "Content-Type", "DPoP"]
  expose_headers = ["DPoP-Nonce", "WWW-Authenticate"]
  max_age        = 7200
}

site "login" {
  route "/.well-known/" { policy = policy.metadata }
  route "/jwks" { policy = policy.metadata }
  route "/token" { policy = policy.tokens }
  route "/userinfo" { policy = policy.tokens }
}
