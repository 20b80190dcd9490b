policy "app" {
  allow_origins = ["*"]
  allow_origins = ["*"] # ERROR C006
  max_age = "1" # ERROR C004
}
