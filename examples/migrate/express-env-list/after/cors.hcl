environments = ["development", "staging", "production"]

policy "app" {
  description = "The web apps, with cookies"

  allow_origins = [
    "https://app.example.com",
    "https://admin.example.com",
    "https://shop.example.com",
    "https://help.example.com",
  ]
  allow_credentials = true

  environment "staging" {
    allow_origins = ["https://pr-{digits}.staging.example.com"]
  }

  environment "development" {
    allow_origins = ["http://localhost:*"]
  }
}

target "node" {
  path = "cors"
}
