policy "app" {
  description    = "In front of an upstream that has ideas of its own about CORS"
  allow_origins  = ["https://app.example.com"]
  expose_headers = ["ETag"]
}
