# The policies of the tests. Each target is one way to use them.

policy "app" {
  allow_origins     = ["https://app.example.com"]
  allow_methods     = ["GET", "PUT", "DELETE"]
  allow_headers     = ["Authorization", "Content-Type"]
  expose_headers    = ["X-Request-Id"]
  allow_credentials = true
  max_age           = 600
}

# A WebSocket is open to every page of the web unless the server looks at the
# Origin itself.
policy "socket" {
  allow_origins = ["https://app.example.com"]
  origin_gate   = true
}

# A service with both.
site "service" {
  route "/" {
    policy = policy.app
  }
  route "/socket" {
    policy = policy.socket
  }
}

target "go" {
  path = "cors"
}

target "go" {
  path      = "gincors"
  framework = "gin"
}

target "go" {
  path      = "echocors"
  framework = "echo"
}

# Likewise, with every option.

target "go" {
  path          = "allgin"
  framework     = "gin"
  observe       = true
  fresh_writers = true
}

target "go" {
  path          = "allecho"
  framework     = "echo"
  observe       = true
  fresh_writers = true
}
