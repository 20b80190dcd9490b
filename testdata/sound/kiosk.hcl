# Kiosks in stores, which cannot do TLS before they are replaced.

policy "kiosk" {
  allow_origins     = ["http://kiosk.stores.internal"]
  allow_methods     = ["POST"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
  max_age           = 7200

  accept_risk "insecure-origin" {
    origins = ["http://kiosk.stores.internal"]
    reason  = "store network, replaced by summer"
    owner   = "retail-platform"
    expires = "2099-06-30"
  }
}
