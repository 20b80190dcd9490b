# A CORS policy: which pages of other origins may read the responses of this
# server. corsgen check looks for mistakes; corsgen generate writes the targets.

policy "app" {
  description = "The web app, with cookies"

  # Exact origins as browsers send them, or patterns: https://*.example.com is
  # one label deep, https://**.example.com any depth, {digits} is a number.
  allow_origins = ["https://app.example.com"]

  allow_methods     = ["GET", "POST", "PUT", "DELETE"]
  allow_headers     = ["Content-Type"]
  expose_headers    = []
  allow_credentials = true # cookies, TLS client certificates, HTTP authentication
  max_age           = 7200 # seconds that a browser may keep a preflight's answer
}

# The target.

# For nginx or Apache remove the comment characters.
# target "nginx" {
#   path = "deploy/nginx"
# }
# target "apache" {
#   path = "deploy/apache"
# }

# What a browser must make of requests: corsgen test runs these, and corsgen
# explain plays any other.
test "the app may write with cookies" {
  policy      = policy.app
  origin      = "https://app.example.com"
  methods     = ["PUT", "DELETE"]
  headers     = { "Content-Type" = "application/json" }
  credentials = "include"
  expect      = "allowed"
}

test "strangers stay out" {
  policy  = policy.app
  origins = ["https://app.example.com.evil.example", "null"]
  expect  = "blocked"
  reason  = "origin-not-allowed"
}
