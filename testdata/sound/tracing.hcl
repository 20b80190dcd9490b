# Browsers report traces to a collector; the trace goes on in the headers of
# every call to the API.

policy "collector" {
  allow_origins = ["https://app.example.com"]
  allow_methods = ["POST"]
  allow_headers = ["Content-Type", "Content-Encoding"]
  max_age       = 7200
}

policy "api" {
  allow_origins  = ["https://app.example.com"]
  allow_methods  = ["GET", "POST"]
  allow_headers  = ["Content-Type", "traceparent", "tracestate", "baggage"]
  expose_headers = ["traceresponse", "Server-Timing"]
  max_age        = 7200
}
