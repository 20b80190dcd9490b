# Modules and workers of a design system for all of the company's sites.

locals {
  brands = ["example.com", "example.org", "example.net"]
}

policy "modules" {
  allow_origins = flatten([for brand in local.brands : ["https://${brand}", "https://*.${brand}"]])
  max_age       = 7200
}
