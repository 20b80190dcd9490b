policy "app" {
  allow_origins = [
    "https://one.example.com",
    "https://two.example.com",
    "https://three.example.com",
    "https://four.example.com",
    "https://five.example.com:8443",
    "https://six.example.org",
    "https://a-very-long-name-of-a-host.with-several-labels.and-more.example.com",
    "https://xn--bcher-kva.example",
    "https://my_host.example",
  ]
}
