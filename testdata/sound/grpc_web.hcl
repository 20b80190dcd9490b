# gRPC-Web and Connect: status and messages of errors are in headers, which a
# page reads only if they are exposed.

policy "grpc" {
  allow_origins = ["https://app.example.com"]
  allow_methods = ["POST"]
  allow_headers = [
    "Content-Type",
    "Authorization",
    "Connect-Protocol-Version",
    "Connect-Timeout-Ms",
    "Grpc-Timeout",
    "X-Grpc-Web",
    "X-User-Agent",
  ]
  expose_headers = ["Grpc-Status", "Grpc-Message", "Grpc-Status-Details-Bin"]
  max_age        = 7200
}
