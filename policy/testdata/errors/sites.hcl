policy "app" {
  allow_origins = ["*"]
}

policy "public" {
  allow_origins = ["*"]
}

locals {
  app = policy.app # ERROR C002
}

site "none" { # ERROR C003
}

site "app" { # ERROR C006
  route "/" {
    policy = policy.app
  }
}

site "api_in" { # ERROR C005
  route "/" {
    policy = policy.app
  }
}

site "Api" { # ERROR C005
  path = "/" # ERROR C002
  route "/" {
    policy = policy["app"]
    origin = "a" # ERROR C002
  }
}

site "policies" {
  route "/none" { # ERROR C003
  }
  route "/unknown" {
    policy = policy.pubic # ERROR C002
  }
  route "/site" {
    policy = site.api # ERROR C004
  }
  route "/local" {
    policy = local.app # ERROR C004
  }
  route "/text" {
    policy = "app" # ERROR C004
  }
  route "/deep" {
    policy = policy.app.origins # ERROR C004
  }
  route "/root" {
    policy = policy # ERROR C004
  }
  route "/number" {
    policy = policy[0] # ERROR C004
  }
  route "/choice" {
    policy = true ? policy.app : policy.public # ERROR C004
  }
  route "/template" {
    policy = "${policy.app}"
  }
}

site "paths" {
  route "/" {
    policy = policy.app
  }
  route "/v1" {
    policy = policy.app
  }
  route "/v1/" {
    policy = policy.app
  }
  route "/v1/" { # ERROR C606
    policy = policy.public
  }
  route "/V1/-._~!$&'()+,;=/..." {
    policy = policy.app
  }
  route "" { # ERROR C005
    policy = policy.app
  }
  route "v1/" { # ERROR C005
    policy = policy.app
  }
  route "https://api.example.com/v1/" { # ERROR C005
    policy = policy.app
  }
  route "/v1/*" { # ERROR C005
    policy = policy.app
  }
  route "/v%31/" { # ERROR C005
    policy = policy.app
  }
  route "/v1/?a=b" { # ERROR C005
    policy = policy.app
  }
  route "/users/{id}" { # ERROR C005
    policy = policy.app
  }
  route "/a b" { # ERROR C005
    policy = policy.app
  }
  route "/ä" { # ERROR C005
    policy = policy.app
  }
  route "/a//b" { # ERROR C005
    policy = policy.app
  }
  route "/a/./b" { # ERROR C005
    policy = policy.app
  }
  route "/a/../b" { # ERROR C005
    policy = policy.app
  }
  route "/a/." { # ERROR C005
    policy = policy.app
  }
  route "/a/.." { # ERROR C005
    policy = policy.app
  }
  route "/.." { # ERROR C005
    policy = policy.app
  }
  route "//" { # ERROR C005
    policy = policy.app
  }
}
