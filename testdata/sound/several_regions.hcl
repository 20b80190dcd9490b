# The same app in several regions, under a name for each.

variable "regions" {
  description = "Where the app runs"
  type        = list(string)
  default     = ["eu", "us", "ap"]
}

policy "app" {
  allow_origins     = concat(["https://app.example.com"], [for region in var.regions : "https://app.${region}.example.com"])
  allow_methods     = ["GET", "POST", "PUT", "DELETE"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
  max_age           = 7200
}
