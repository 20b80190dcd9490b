# Fonts are fetched in CORS mode by every browser, so a server of fonts and
# modules must allow the pages that use them: here, all.

policy "assets" {
  allow_origins = ["*"]
  allow_headers = ["Range"]
  max_age       = 7200
}
