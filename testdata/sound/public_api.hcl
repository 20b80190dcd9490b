# A public read-and-write API with bearer tokens: any page may call it, and a
# token, not the origin, says who calls.

policy "api" {
  description = "The public API, with tokens and without cookies"

  allow_origins  = ["*"]
  allow_methods  = ["PUT", "PATCH", "DELETE"]
  allow_headers  = ["Authorization", "Content-Type", "If-Match"]
  expose_headers = ["ETag", "Link", "RateLimit-Remaining", "Retry-After"]
  max_age        = 7200
}
