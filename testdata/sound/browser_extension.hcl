# A browser extension that talks to our API from its own pages. The identifiers
# are those of the published extension.

policy "extension" {
  allow_origins = [
    "chrome-extension://aapocclcgogkmnckokdopfmhonfmgoek",
    "moz-extension://7f8f0b3e-6a5c-4b6c-9a5f-2f6d1f6f0c11",
  ]
  allow_methods = ["GET", "POST", "PUT"]
  allow_headers = ["Authorization", "Content-Type"]
  max_age       = 7200

  accept_risk "custom-scheme" {
    origins = [
      "chrome-extension://aapocclcgogkmnckokdopfmhonfmgoek",
      "moz-extension://7f8f0b3e-6a5c-4b6c-9a5f-2f6d1f6f0c11",
    ]
    reason  = "the exact identifiers of our extension"
    owner   = "clients"
    expires = "2099-12-31"
  }
}
