# A web app that keeps an access token in memory. It is sent by the script, so
# credentials in the sense of CORS are not needed.

policy "app" {
  allow_origins = ["https://app.example.com", "https://admin.example.com"]
  allow_methods = ["GET", "POST", "PUT", "DELETE"]
  allow_headers = ["Authorization", "Content-Type"]
  max_age       = 3600
}
