# GraphQL over POST, with a header that forces a preflight, so that no plain form
# can run a mutation.

policy "graphql" {
  allow_origins     = ["https://app.example.com", "https://studio.example.com"]
  allow_methods     = ["GET", "POST"]
  allow_headers     = ["Content-Type", "Apollo-Require-Preflight", "X-Apollo-Operation-Name"]
  allow_credentials = true
  max_age           = 7200
}
