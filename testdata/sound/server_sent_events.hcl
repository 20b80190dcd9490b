# A stream of events. EventSource with credentials sends cookies; what it sends
# to go on after a break needs no preflight.

policy "events" {
  allow_origins     = ["https://app.example.com"]
  allow_headers     = ["Last-Event-ID", "Cache-Control"]
  allow_credentials = true
  max_age           = 7200
}
