# Mails are shown in sandboxed frames, which send the origin null, and load
# pictures of a proxy. The pictures are no secrets, and there are no credentials.

policy "pictures" {
  allow_origins = ["https://mail.example.com", "null"]

  accept_risk "null-origin" {
    origins = ["null"]
    reason  = "sandboxed frames of mails; the pictures are public"
    owner   = "mail"
    expires = "2099-12-31"
  }
}
