# Each tenant has a subdomain, one label deep, which only we hand out. Responses
# are for the tenant of the session, and sessions are cookies of the API's host.

policy "tenants" {
  allow_origins     = ["https://*.tenants.example.com", "https://console.example.com"]
  allow_methods     = ["GET", "POST", "PUT", "PATCH", "DELETE"]
  allow_headers     = ["Content-Type", "X-Tenant"]
  allow_credentials = true
  max_age           = 7200
}
