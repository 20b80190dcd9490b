policy "legacy" {
  description      = "For clients that choke on 204"
  allow_origins    = ["https://app.example.com"]
  allow_methods    = ["PUT"]
  allow_headers    = ["Content-Type"]
  preflight_status = 200
}
