# Plain GETs of public data need nothing but the origin.

policy "data" {
  allow_origins = ["https://charts.example.com", "https://*.news.example.org"]
}
