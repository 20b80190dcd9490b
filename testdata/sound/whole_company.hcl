# Everything below the company's domain, with cookies, which was weighed: names
# are handed out by one team, and none outlives its server.

policy "profile" {
  allow_origins     = ["https://example.com", "https://**.example.com"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
  max_age           = 7200

  accept_risk "credentials-for-a-tree" {
    origins = ["https://**.example.com"]
    reason  = "names are handed out by one team and removed with their servers"
    owner   = "identity"
    expires = "2099-12-31"
  }
}
