policy "app" {
  allow_origins = ["https://app.example.com" "https://b.example"] # ERROR C001
}

policy "other" {
  max_age = "600" # nothing else is said of a file that is not HCL
}
