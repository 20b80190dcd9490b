# Video and documents that a player reads piece by piece.

policy "media" {
  allow_origins  = ["https://www.example.com", "https://player.example.com"]
  allow_headers  = ["Range", "If-Range"]
  expose_headers = ["Accept-Ranges", "Content-Range", "Content-Encoding", "ETag"]
  max_age        = 7200
}
