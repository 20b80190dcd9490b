# Names that only private networks know.

policy "home" {
  allow_origins = [
    "https://hub.home.arpa",
    "https://nas.local",
    "https://*.apps.internal",
    "https://*.test",
  ]
  allow_methods = ["GET", "PUT"]
  allow_headers = ["Content-Type"]
  max_age       = 600
}
