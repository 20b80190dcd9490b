# Uploads that can be resumed, by the protocol tus 1.0. Clients read where to go
# on from headers of the response.

policy "uploads" {
  allow_origins = ["https://app.example.com"]
  allow_methods = ["POST", "HEAD", "PATCH", "DELETE"]
  allow_headers = [
    "Authorization",
    "Content-Type",
    "Tus-Resumable",
    "Upload-Concat",
    "Upload-Defer-Length",
    "Upload-Length",
    "Upload-Metadata",
    "Upload-Offset",
    "X-HTTP-Method-Override",
  ]
  expose_headers = [
    "Location",
    "Tus-Extension",
    "Tus-Max-Size",
    "Tus-Resumable",
    "Tus-Version",
    "Upload-Length",
    "Upload-Metadata",
    "Upload-Offset",
  ]
  max_age = 7200
}
