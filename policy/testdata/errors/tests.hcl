environments = ["production"]

policy "app" {
  allow_origins = ["https://app.example.com"]
}

site "api" {
  route "/v1/" {
    policy = policy.app
  }
}

locals {
  page = "https://app.example.com"
  site = site.api # ERROR C002
}

test "good" {
  policy           = policy.app
  environment      = "production"
  origins          = [local.page, "https://evil.example", "null"]
  methods          = ["GET", "PUT"]
  headers          = { "Content-Type" = "application/json", X-Trace = "1" }
  credentials      = "include"
  mode             = "cors"
  expect           = "blocked"
  reason           = "origin-not-allowed"
  preflight        = true
  readable_headers = []
}

test "good site" {
  site   = site.api
  path   = "/v1/things?a=%20"
  origin = "https://app.example.com"
  expect = "allowed"
}

test "good" { # ERROR C006
  policy = policy.app
  origin = "https://app.example.com"
  expect = "allowed"
}

test "" { # ERROR C005
  policy = policy.app
  origin = "https://app.example.com"
  expect = "allowed"
}

test "no policy" { # ERROR C003
  origin = "https://app.example.com"
  expect = "allowed"
}

test "no path" { # ERROR C003
  site   = site.api
  origin = "https://app.example.com"
  expect = "allowed"
}

test "no origin" { # ERROR C003
  policy = policy.app
  expect = "allowed"
}

test "nothing expected" { # ERROR C003
  policy = policy.app
  origin = "https://app.example.com"
}

test "both" { # ERROR C005
  policy = policy.app
  site   = site.api
  path   = "/"
  origin = "https://app.example.com"
  expect = "allowed"
}

test "a path of a policy" {
  policy = policy.app
  path   = "/v1/" # ERROR C005
  origin = "https://app.example.com"
  expect = "allowed"
}

test "names" {
  policy      = policy.apq # ERROR C002
  environment = "prod"     # ERROR C002
  origin      = "https://app.example.com"
  expect      = "allow"      # ERROR C005
  reason      = "cors-check" # ERROR C005
  credentials = "included"   # ERROR C005
  mode        = "navigate"   # ERROR C005
  orgin       = "x"          # ERROR C002
}

test "references" {
  site   = policy.app # ERROR C004
  path   = "v1"       # ERROR C005
  origin = local.page
  expect = "allowed"
}

test "broken encoding" {
  site   = site.api
  path   = "/v1/%zz" # ERROR C005
  origin = local.page
  expect = "allowed"
}

test "no such site" {
  site   = site.app # ERROR C002
  path   = "/"
  origin = local.page
  expect = "allowed"
}

test "origins" {
  policy = policy.app
  origins = [
    "https://App.example.com", # ERROR C104
    "https://app.example.com/", # ERROR C101
    "https://*.example.com", # ERROR C005
    "*", # ERROR C005
    7, # ERROR C004
  ]
  expect = "blocked"
}

test "types" {
  policy           = policy.app
  origin           = ["https://app.example.com"] # ERROR C004
  methods          = "GET"                       # ERROR C004
  headers          = ["Content-Type"]            # ERROR C004
  preflight        = "yes"                       # ERROR C004
  readable_headers = "X-Id"                      # ERROR C004
  expect           = "allowed"
}

test "values of headers" {
  policy  = policy.app
  origin  = "https://app.example.com"
  headers = { X-Id = 7 } # ERROR C004
  methods = []           # ERROR C005
  expect  = "allowed"
}

test "never" {
  policy = policy.app
  origin = "https://app.example.com"
  expect = "allowed"
  reason = "method-not-allowed" # ERROR C005
}
