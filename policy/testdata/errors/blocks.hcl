corsgen {
  required_version = ">= 2" # ERROR C009
}

corsgen {
  required_version = "new" # ERROR C005
  version          = "1" # ERROR C002
}

test "it works" { # ERROR C003
}

origins "none" { # ERROR C003
}

origins "both" { # ERROR C006
  from = "a.txt"
  list = []
}

origins "missing" {
  from = "nowhere.txt" # ERROR C008
}

origins "outside" {
  from = "../../program.go" # ERROR C008
}

origins "absolute" {
  from = "/etc/passwd" # ERROR C008
}

origins "folder" {
  from = "." # ERROR C008
}

target "go" { # ERROR C003
}

target "go" {
  path      = "cors"
  package   = "func" # ERROR C005
  framework = "fiber" # ERROR C005
  prefix    = "a" # ERROR C002
}

target "go" {
  path          = "gin"
  framework     = ["gin"] # ERROR C004
  observe       = "true" # ERROR C004
  fresh_writers = 1 # ERROR C004
}

target "nginx" {
  path        = "./cors" # ERROR C006
  environment = "production" # ERROR C002
  prefix      = "Site" # ERROR C005
}

target "ngnix" { # ERROR C002
  path = "x"
}

target "apache" {
  path = "../x" # ERROR C008
}

target "apache" {
  path = "/etc" # ERROR C008
}

target "apache" {
  path = "blocks.hcl" # ERROR C008
}

target "apache" {
  path = "a/../b" # ERROR C008
}

target "apache" {
  path           = "new/folder"
  context        = "directory" # ERROR C005
  server_version = 2.4 # ERROR C004
}

target "apache" {
  path           = "other/folder"
  context        = "location"
  server_version = "2.4.66-1" # ERROR C005
}

target "apache" {
  path           = "third/folder"
  prefix         = "a" # ERROR C002
  server_version = "2.04.66" # ERROR C005
}

target "nginx" {
  path           = "fourth/folder"
  context        = "location" # ERROR C002
  server_version = "1.22.1-9" # ERROR C005
}

target "node" {
  path    = "fifth/folder"
  module  = "es" # ERROR C005
  context = "vhost" # ERROR C002
}
