policy "app" {
  description = "The notes app, which sends a token"

  allow_origins = ["https://app.example.com"]
  allow_headers = ["Authorization", "Content-Type"]
}

target "node" {
  path = "cors"
}
