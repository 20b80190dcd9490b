environments = ["development"]

policy "app" {
  allow_origins = [
    "https://app.example.com",
    "https://app.example.com/", # ERROR C101
    "app.example.com", # ERROR C102
    "https://app.example.com:443", # ERROR C103
    "https://App.example.com", # ERROR C104
    "https://bücher.example", # ERROR C105
    "http://0x7f.1", # ERROR C106
    "file:///home/me/index.html", # ERROR C108
    "https://a.example,https://b.example", # ERROR C110
    "https://*.co.uk", # ERROR C112
    "http*://app.example.com", # ERROR C112
    "https://*example.com", # ERROR C115
    "https://app.example.com:99999", # ERROR C124
    7, # ERROR C004
    null, # ERROR C004
    ["https://app.example.com"], # ERROR C004
    true, # ERROR C004
    "*",
  ]

  environment "development" {
    allow_origins = ["ws://localhost:3000"] # ERROR C109
  }
}

policy "text" {
  allow_origins = "https://app.example.com" # ERROR C004
}

policy "nothing" {
  allow_origins = null # ERROR C004
}

policy "object" {
  allow_origins = { a = "https://app.example.com" } # ERROR C004
}
