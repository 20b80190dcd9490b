package apache

// For the tests that run on a real server.
var (
	Quote      = quote
	QuoteValue = quoteValue
	RegexpByte = regexpByte
)
