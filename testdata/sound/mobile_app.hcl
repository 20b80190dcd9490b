# An app made with Capacitor, beside the web app. Its pages come from the device,
# by a scheme that any app may use, which was weighed and accepted.

policy "api" {
  allow_origins = [
    "https://app.example.com",
    "capacitor://localhost", # iOS
    "https://localhost",     # Android
  ]
  allow_methods = ["GET", "POST", "PUT", "DELETE"]
  allow_headers = ["Authorization", "Content-Type"]
  max_age       = 7200

  accept_risk "custom-scheme" {
    origins = ["capacitor://localhost"]
    reason  = "other apps on a phone have no access token of ours"
    owner   = "mobile"
    expires = "2099-12-31"
  }

  accept_risk "loopback-in-production" {
    origins = ["https://localhost"]
    reason  = "what Capacitor calls its own pages on Android"
    owner   = "mobile"
    expires = "2099-12-31"
  }
}
