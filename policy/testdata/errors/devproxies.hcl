policy "app" {
  allow_origins = ["https://app.example.com"]
}

dev_proxy "none" { # ERROR C003 C003
}

dev_proxy { # ERROR C003
}

dev_proxy "Api" { # ERROR C005
  paths    = ["/name/"]
  upstream = "http://localhost:8080"
}

dev_proxy "twice" {
  paths    = ["/twice/"]
  upstream = "http://localhost:8080"
}

dev_proxy "twice" { # ERROR C006
  paths    = ["/twice/again/"]
  upstream = "http://localhost:8080"
}

dev_proxy "empty" {
  paths    = [] # ERROR C003
  upstream = "" # ERROR C005
}

dev_proxy "types" {
  paths        = "/types/" # ERROR C004
  upstream     = ["http://localhost:8080"] # ERROR C004
  strip_prefix = "true" # ERROR C004
}

dev_proxy "null" {
  paths        = null # ERROR C004
  upstream     = null # ERROR C004
  strip_prefix = null # ERROR C004
}

dev_proxy "unknown" {
  path     = ["/unknown/"] # ERROR C002
  paths    = ["/unknown/"]
  upstream = "http://localhost:8080"

  headers { # ERROR C002
  }
}

dev_proxy "paths" {
  paths = [
    "/", # ERROR C005
    "/*", # ERROR C005
    "api/", # ERROR C005
    "", # ERROR C005
    "/a b/", # ERROR C005
    "/a//b", # ERROR C005
    "/a/../b", # ERROR C005
    "/%41", # ERROR C005
    "/a?b", # ERROR C005
    "/a#b", # ERROR C005
    "/é/", # ERROR C005
    "/{id}", # ERROR C005
    "/twice/", # ERROR C006
    "/here",
    "/here", # ERROR C006
    1, # ERROR C004
    null, # ERROR C004
  ]
  upstream = "http://localhost:8080"
}

dev_proxy "strip" {
  paths        = ["/strip/", "/login"] # ERROR C005
  upstream     = "http://localhost:8080"
  strip_prefix = true
}

dev_proxy "upstream1" {
  paths    = ["/1/"]
  upstream = "localhost:8080" # ERROR C005
}

dev_proxy "upstream2" {
  paths    = ["/2/"]
  upstream = "ws://localhost:8080" # ERROR C005
}

dev_proxy "upstream3" {
  paths    = ["/3/"]
  upstream = "http://user:password@localhost:8080" # ERROR C005
}

dev_proxy "upstream4" {
  paths    = ["/4/"]
  upstream = "http://localhost:8080/api" # ERROR C005
}

dev_proxy "upstream5" {
  paths    = ["/5/"]
  upstream = "http://localhost:8080?" # ERROR C005
}

dev_proxy "upstream6" {
  paths    = ["/6/"]
  upstream = "http://localhost:8080#" # ERROR C005
}

dev_proxy "upstream7" {
  paths    = ["/7/"]
  upstream = "http://localhost:99999" # ERROR C005
}

dev_proxy "upstream8" {
  paths    = ["/8/"]
  upstream = "http://localhost:" # ERROR C005
}

dev_proxy "upstream9" {
  paths    = ["/9/"]
  upstream = "http://[::1" # ERROR C005
}

dev_proxy "upstream10" {
  paths    = ["/10/"]
  upstream = "http://[::1%25eth0]:80" # ERROR C005
}

dev_proxy "upstream11" {
  paths    = ["/11/"]
  upstream = "http://*.example.com" # ERROR C005
}

dev_proxy "upstream12" {
  paths    = ["/12/"]
  upstream = "http://exämple.com" # ERROR C005
}

dev_proxy "upstream13" {
  paths    = ["/13/"]
  upstream = "http://localhost:0" # ERROR C005
}

dev_proxy "upstream14" {
  paths    = ["/14/"]
  upstream = "HTTP://LOCALHOST:8080/" # fine
}

dev_proxy "upstream15" {
  paths    = ["/15/"]
  upstream = "http://256.256.256.256" # ERROR C005
}

dev_proxy "upstream16" {
  paths    = ["/16/"]
  upstream = "http://10.1" # ERROR C005
}

dev_proxy "upstream17" {
  paths    = ["/17/"]
  upstream = "http://xn--a" # ERROR C005
}

dev_proxy "upstream18" {
  paths    = ["/18/"]
  upstream = "http://a..b" # ERROR C005
}

dev_proxy "upstream19" {
  paths    = ["/19/"]
  upstream = "http://localhost:080" # ERROR C005
}

dev_proxy "upstream20" {
  paths    = ["/20/"]
  upstream = "http://[fe80::1%eth0]" # ERROR C005
}

dev_proxy "upstream21" {
  paths    = ["/21/"]
  upstream = "chrome-extension://abc" # ERROR C005
}

dev_proxy "upstream22" {
  paths    = ["/22/"]
  upstream = "https://api_1.internal:443"
}

dev_proxy "upstream23" {
  paths    = ["/23/"]
  upstream = "http://[::1]:9000"
}

dev_proxy "upstream24" {
  paths    = ["/24/"]
  upstream = "http://127.0.0.1:80"
}
