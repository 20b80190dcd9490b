# A policy with tests of what matters about it: who gets in, and who does not.

policy "app" {
  allow_origins     = ["https://app.example.com", "https://pr-{digits}.preview.example.com"]
  allow_methods     = ["PUT", "DELETE"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
  max_age           = 7200
}

test "a preview may PUT with cookies" {
  policy      = policy.app
  origin      = "https://pr-42.preview.example.com"
  method      = "PUT"
  headers     = { "Content-Type" = "application/json" }
  credentials = "include"
  expect      = "allowed"
}

test "a name that only looks like a preview may not" {
  policy = policy.app
  origin = "https://pr-x.preview.example.com"
  method = "PUT"
  expect = "blocked"
}
