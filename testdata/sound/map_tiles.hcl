# Tiles, glyphs and styles of maps. Customers use them on their own sites; keys
# are counted elsewhere.

policy "tiles" {
  allow_origins  = ["*"]
  expose_headers = ["ETag", "Content-Encoding"]
  max_age        = 7200
}
