# A payment form that runs in a frame of our own origin. Only that origin may
# speak to the API; the shops around the frame may not.

policy "pay" {
  allow_origins     = ["https://pay.example.com"]
  allow_methods     = ["POST"]
  allow_headers     = ["Content-Type", "Idempotency-Key"]
  expose_headers    = ["Idempotency-Replayed"]
  allow_credentials = true
  max_age           = 600
  origin_gate       = true # a payment from any other page is refused before it runs
}
