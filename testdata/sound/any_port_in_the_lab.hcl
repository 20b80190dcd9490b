# Boards in a lab, which serve their pages on whatever port is free.

policy "boards" {
  allow_origins = ["https://*.lab.internal:*", "https://192.168.7.1:*"]
  allow_methods = ["PUT"]
  allow_headers = ["Content-Type"]
  max_age       = 600
}
