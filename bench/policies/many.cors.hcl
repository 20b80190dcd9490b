locals {
  # Of several lengths, as the names of real tenants.
  words  = ["fir", "acorn", "bluebell", "cedar", "daffodil", "elm", "forget-me-not", "gorse", "honeysuckle", "iris"]
  digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]

  # 000 to 999
  numbers = flatten([for a in local.digits : [for b in local.digits : [for c in local.digits : "${a}${b}${c}"]]])
}

policy "many_10000" {
  allow_origins = flatten([for w in local.words : [for n in local.numbers : "https://${w}-${n}.example.com"]])
  allow_methods = ["GET", "POST", "PUT", "DELETE"]
  allow_headers = ["Authorization", "Content-Type"]
  max_age       = 600
}

policy "many_100000" {
  allow_origins = flatten([
    for w in local.words : [for n in local.numbers : [for d in local.digits : "https://${w}-${n}${d}.example.com"]]
  ])
  allow_methods = ["GET", "POST", "PUT", "DELETE"]
  allow_headers = ["Authorization", "Content-Type"]
  max_age       = 600
}

target "go" {
  path = "many"
}
