environments = ["production", "production", "Staging", 7] # ERROR C006 C005 C004

policy "app" { # ERROR C003
  allow_origin  = ["https://app.example.com"] # ERROR C002
  allow_methods = ["GET", 7]                  # ERROR C004
  # ERROR C004
  allow_headers = "Content-Type"
  expose_headers    = [1, 2] # ERROR C004 C004
  allow_credentials = "true" # ERROR C004
  max_age           = "600"  # ERROR C004
  preflight_status  = 204.5  # ERROR C004
  origin_gate       = 1      # ERROR C004
  description       = 7      # ERROR C004
  headers {} # ERROR C002
  allow_headers {} # ERROR C002
  accept_risk = 1 # ERROR C002
}

# ERROR C003
policy "missing" {
}

policy "environments" {
  allow_origins = ["*"]

  environment "prodction" { # ERROR C002
    max_age = "1" # ERROR C004
  }
  environment "production" {}
  environment "production" {} # ERROR C006
}

policy "environments" { # ERROR C006
  allow_origins = ["*"]
}

policy "App" { # ERROR C005
  allow_origins = ["*"]
}

policy "app_in" { # ERROR C005
  allow_origins = ["*"]
}

policy "a_name_with_too_many_letters" { # ERROR C005
  allow_origins = ["*"]
}

policy { # ERROR C003
}

policy "a" "b" { # ERROR C002
}

polcy "b" { # ERROR C002
}
environment = [] # ERROR C002
