# Beacons of measured page loads. navigator.sendBeacon sends cookies, so pages
# that use it need a response with credentials; ours come from a list of sites.

policy "beacons" {
  allow_origins = [
    "https://www.example.com",
    "https://app.example.com",
    "https://docs.example.com",
  ]
  allow_methods     = ["POST"]
  allow_headers     = ["Content-Type", "Content-Encoding"]
  allow_credentials = true
  max_age           = 7200
}
