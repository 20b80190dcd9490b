# WebDAV and CalDAV from a page.

policy "dav" {
  allow_origins = ["https://calendar.example.com"]
  allow_methods = [
    "GET",
    "PUT",
    "DELETE",
    "PROPFIND",
    "PROPPATCH",
    "REPORT",
    "MKCALENDAR",
    "MKCOL",
    "COPY",
    "MOVE",
    "LOCK",
    "UNLOCK",
  ]
  allow_headers = [
    "Authorization",
    "Content-Type",
    "Depth",
    "Destination",
    "If",
    "If-Match",
    "If-None-Match",
    "Lock-Token",
    "Overwrite",
    "Prefer",
  ]
  expose_headers    = ["DAV", "ETag", "Lock-Token", "Preference-Applied"]
  allow_credentials = true # the users have passwords of HTTP
  max_age           = 7200
}
