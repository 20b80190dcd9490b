policy "apps" {
  description = "Browser extensions, mobile apps and hosts without a name"
  allow_origins = [
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    "safari-web-extension://72CEC594-8F48-4C20-8A3F-000000000000",
    "capacitor://localhost",
    "http://[::1]:8080",
    "https://[2001:db8::1]",
    "https://192.0.2.7:8443",
    "http://intranet",
    "null",
  ]

  accept_risk "null-origin" {
    origins = ["null"]
    reason  = "sandboxed documentation frames"
    owner   = "docs"
    expires = "2099-12-31"
  }
}
