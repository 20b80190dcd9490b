# Previews on a hosting service, each listed while it is needed: nobody else can
# have these names while the deployments exist.

policy "app" {
  allow_origins = ["https://shop-git-checkout-acme.vercel.app", "https://shop-acme.vercel.app"]
  allow_headers = ["Content-Type"]
  max_age       = 600
}
