# Developers run the web app on ports of their own. Only the environment that
# they choose allows that.

environments = ["development", "production"]

policy "app" {
  allow_origins     = ["https://app.example.com"]
  allow_methods     = ["PUT", "PATCH", "DELETE"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
  max_age           = 7200

  environment "development" {
    allow_origins = ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"]
    max_age       = 0 # each change of the policy shows at once
  }
}
