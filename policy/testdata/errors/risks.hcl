environments = ["production"]

policy "app" {
  allow_origins = ["*"]

  accept_risk "insecure-origin" {
    origins     = ["http://kiosk.example.com"]
    reason      = "store network"
    owner       = "retail"
    expires     = "2027-06-30"
    environment = "production"
  }
  accept_risk "C207" { # ERROR C601
    reason = "ours"
  }
  accept_risk "insecure-orign" { # ERROR C002
  }
  accept_risk "C101" { # ERROR C005
  }
  accept_risk "C314" { # ERROR C005
  }
  accept_risk "C209" {
    reason      = " "          # ERROR C601
    owner       = 7            # ERROR C004
    expires     = "30.06.2027" # ERROR C005
    environment = "staging"    # ERROR C002
    until       = "2027-06-30" # ERROR C002
  }
  accept_risk "C203" {
    origins = [] # ERROR C601
    reason  = "store network"
    owner   = "retail"
    expires = "2027-02-30" # ERROR C005
  }
  accept_risk "C203" {
    origins = [
      "http://kiosk.example.com/", # ERROR C101
      "*",                         # ERROR C124
    ]
    reason  = "store network"
    owner   = "retail"
    expires = "2027-06-30"
  }
  accept_risk "C210" {
    origins = ["http://kiosk.example.com"] # ERROR C005
    reason  = "store network"
    owner   = "retail"
    expires = "2027-06-30"
  }
}
