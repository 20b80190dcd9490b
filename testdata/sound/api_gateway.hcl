# A gateway before many services: any header and method goes through to
# services, which check them; tokens come in a header, so there are no cookies.

policy "gateway" {
  allow_origins  = ["https://app.example.com", "https://partner.example"]
  allow_methods  = ["*"]
  allow_headers  = ["*", "Authorization"]
  expose_headers = ["*"]
  max_age        = 7200
}
