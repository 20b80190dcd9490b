# Everything below the company's domain, however deep, and the domain itself.
# There are no credentials: what is served is public within the company.

policy "components" {
  allow_origins = ["https://example.com", "https://**.example.com"]
  allow_headers = ["Range"]
  max_age       = 7200
}
