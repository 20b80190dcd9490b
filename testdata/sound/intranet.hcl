# Hosts of an intranet with one label, reached over TLS with a certificate of
# the company.

policy "wiki" {
  allow_origins     = ["https://wiki", "https://tickets", "https://intranet:8443"]
  allow_methods     = ["GET", "POST"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
  max_age           = 3600
}
