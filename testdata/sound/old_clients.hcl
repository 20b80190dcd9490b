# A device whose browser takes no 204 for a preflight.

policy "tv" {
  allow_origins    = ["https://tv.example.com"]
  allow_methods    = ["GET", "POST"]
  allow_headers    = ["Content-Type", "X-Device-Id"]
  max_age          = 600
  preflight_status = 200
}
