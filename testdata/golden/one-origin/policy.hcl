policy "app" {
  allow_origins = ["https://app.example.com"]
  allow_methods = ["GET", "PUT"]
}
