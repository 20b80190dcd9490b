# An MCP server behind a name of its own. Its gate keeps out every page but those
# of the client, and its own.

policy "mcp" {
  allow_origins = ["https://mcp.example.com", "https://chat.example.com"]
  allow_methods = ["GET", "POST", "DELETE"]
  allow_headers = [
    "Authorization",
    "Content-Type",
    "Last-Event-ID",
    "Mcp-Protocol-Version",
    "Mcp-Session-Id",
  ]
  expose_headers = ["Mcp-Session-Id", "WWW-Authenticate"]
  max_age        = 7200
  origin_gate    = true
}
