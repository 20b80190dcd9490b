# An API whose requests carry HTTP message signatures (RFC 9421).

policy "signed" {
  allow_origins = ["https://wallet.example.com"]
  allow_methods = ["POST", "PUT"]
  allow_headers = [
    "Content-Type",
    "Content-Digest",
    "Signature",
    "Signature-Input",
    "X-Timestamp",
  ]
  expose_headers = ["Content-Digest", "Signature", "Signature-Input"]
  max_age        = 7200
}
