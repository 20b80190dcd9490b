# Appliances that are reached by their addresses.

policy "appliance" {
  allow_origins = [
    "https://192.168.10.5",
    "https://10.0.0.7:8443",
    "https://[2001:db8::7]",
    "https://[fd00::1]:8443",
  ]
  allow_methods     = ["GET", "POST"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
  max_age           = 600
}
