policy "mcp" {
  description   = "A local tool server: pages of other origins must not reach it at all"
  allow_origins = ["https://app.example.com", "http://localhost:*"]
  allow_methods = ["GET", "POST"]
  allow_headers = ["Content-Type"]
  origin_gate   = true
}
