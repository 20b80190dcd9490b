# Partners are kept in a file of their own, so that a change of the list is a
# change of a few lines.

origins "partners" {
  from = "partners.txt"
}

policy "widget" {
  allow_origins  = origins.partners
  allow_methods  = ["GET", "POST"]
  allow_headers  = ["Content-Type", "X-Partner-Key"]
  expose_headers = ["X-Request-Id"]
  max_age        = 7200
}
