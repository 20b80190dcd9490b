package nginx

// For the tests against the real parser.
var (
	Quote       = quote
	QuoteKey    = quoteKey
	QuoteRegexp = quoteRegexp
	IsText      = isText
)
