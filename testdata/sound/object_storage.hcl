# An object store that browsers upload to with signed requests, without cookies.

policy "bucket" {
  allow_origins = ["https://app.example.com"]
  allow_methods = ["GET", "PUT", "POST", "DELETE", "HEAD"]
  allow_headers = [
    "Authorization",
    "Content-MD5",
    "Content-Type",
    "Cache-Control",
    "x-amz-acl",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
  ]
  expose_headers = ["ETag", "x-amz-request-id", "x-amz-version-id"]
  max_age        = 3600
}
