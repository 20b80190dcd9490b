# All targets from one program: a Go service behind nginx, and an Apache in the
# old data centre.

corsgen {
  required_version = ">= 0.1"
}

environments = ["production"]

policy "app" {
  allow_origins     = ["https://app.example.com"]
  allow_methods     = ["PUT"]
  allow_headers     = ["Content-Type"]
  allow_credentials = true
  max_age           = 7200
}

target "go" {
  path    = "internal/cors"
  observe = true
}

target "nginx" {
  path        = "deploy/nginx"
  environment = "production"
}

target "apache" {
  path        = "deploy/apache"
  environment = "production"
}
