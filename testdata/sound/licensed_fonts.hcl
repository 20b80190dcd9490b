# Fonts that are licensed for certain sites only. This keeps other pages from
# using them; it is not what protects the files.

policy "fonts" {
  allow_origins = [
    "https://www.example.com",
    "https://shop.example.com",
    "https://magazine.example",
  ]
  max_age = 7200
}
