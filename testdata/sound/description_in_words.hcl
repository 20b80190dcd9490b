# A long description is a heredoc.

policy "catalog" {
  description = <<-TEXT
    The catalog: prices and pictures for the shops of our brands. Nothing in it is
    secret; "allow_origins" keeps others from building shops of their own on it.
  TEXT

  allow_origins = ["https://shop.example.com", "https://www.brand.example"]
  max_age       = 7200
}
