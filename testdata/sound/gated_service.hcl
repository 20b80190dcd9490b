# A service on users' own machines. Any page can send requests to it, so the gate
# refuses those of pages that it does not know. Its own page is one of them.

policy "agent" {
  allow_origins = [
    "http://localhost:6274",
    "http://127.0.0.1:6274",
    "https://inspector.example.com",
  ]
  allow_methods = ["GET", "POST", "DELETE"]
  allow_headers = [
    "Authorization",
    "Content-Type",
    "Mcp-Protocol-Version",
    "Mcp-Session-Id",
    "Last-Event-ID",
  ]
  expose_headers = ["Mcp-Session-Id"]
  max_age        = 600
  origin_gate    = true

  accept_risk "loopback-in-production" {
    origins = ["http://localhost:6274", "http://127.0.0.1:6274"]
    reason  = "the inspector runs where the service runs"
    owner   = "agents"
    expires = "2099-12-31"
  }
}
