policy "public" {
  description   = "A public API: any page may read it"
  allow_origins = ["*"]
  allow_methods = ["GET", "HEAD"]
  max_age       = 86400
}
