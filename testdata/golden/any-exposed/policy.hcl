policy "fonts" {
  allow_origins  = ["*"]
  allow_methods  = ["*"]
  allow_headers  = ["*", "Authorization"]
  expose_headers = ["*"]
}
