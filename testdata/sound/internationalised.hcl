# Names that people write with other letters: browsers send Punycode.

policy "shop" {
  allow_origins = [
    "https://xn--bcher-kva.example",          # bücher.example
    "https://xn--r8jz45g.xn--zckzah.example", # 例え.テスト.example
    "https://www.xn--strae-oqa.example",      # straße.example
  ]
  max_age = 7200
}
