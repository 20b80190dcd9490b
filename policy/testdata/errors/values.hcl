variable "hosts" {
  type    = list(string)
  default = ["a.example", 7, null] # ERROR C004 C004
}

variable "unset" { # ERROR C003
  type = string
}

variable "untyped" { # ERROR C003
  default = "x"
}

variable "number" {
  type    = number
  default = "7" # ERROR C004
}

variable "odd" {
  type    = lisst(string) # ERROR C005
  default = []
}

variable "set" {
  type    = set(string) # ERROR C005
  default = []
}

variable "object" {
  type    = object({ host = string, port = number })
  default = { host = 7, prot = 1 } # ERROR C002 C003 C004
}

variable "reference" {
  type    = string
  default = var.number # ERROR C002
}

variable "fine" {
  type        = map(list(string))
  default     = { a = ["x"], b = [] }
  description = "All that is needed"
  nullable    = false # ERROR C002
}

variable "fine" { # ERROR C006
  type = string
}

locals {
  a    = local.b # ERROR C011
  b    = [local.c]
  c    = "${local.a}"
  self = local.self # ERROR C011
  used = local.nope # ERROR C002
  x    = 1
}

locals {
  x      = 2 # ERROR C006
  Camel  = 1 # ERROR C005
  sum    = 1 + "a" # ERROR C011
  zero   = 1 / 0 # ERROR C007
  index  = [1, 2][3] # ERROR C011
  attr   = { a = 1 }.b # ERROR C011
  cond   = 1 ? 2 : 3 # ERROR C011
  call   = uppper("a") # ERROR C002
  none   = concat() 
  width  = format("%5s", "a") # ERROR C011
  star   = format("%*s", 3, "a") # ERROR C011
  joined = join(",", ["a", 7]) # ERROR C011
  sorted = sort("a") # ERROR C011
  whole  = local # ERROR C002
  root   = locl.x # ERROR C002
  rule   = policy.app # ERROR C002
  site   = site.api # ERROR C002
}

policy "app" {
  allow_origins = concat(["https://A.example"], local.used) # nothing is known of this list
}

policy "parts" {
  allow_origins = [local.used, "https://A.example", local.a] # ERROR C104
}

policy "loop" {
  allow_origins = [for h in local.missing : "https://${h}"] # ERROR C002
}
