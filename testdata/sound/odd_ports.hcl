# Services on ports of their own.

policy "metrics" {
  allow_origins     = ["https://grafana.example.com:3000", "https://ops.example.com:8443"]
  allow_methods     = ["GET", "POST"]
  allow_headers     = ["Content-Type", "X-Grafana-Org-Id"]
  allow_credentials = true
  max_age           = 600
}
