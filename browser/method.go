package browser

// NormalizeMethod returns a method as a browser sends it
// (https://fetch.spec.whatwg.org/#concept-method-normalize): patch stays patch.
func NormalizeMethod(method string) string {
	switch upper := asciiUpper(method); upper {
	case "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT":
		return upper
	default:
		return method
	}
}

// IsSafelistedMethod reports whether a method needs no preflight
// (https://fetch.spec.whatwg.org/#cors-safelisted-method).
func IsSafelistedMethod(method string) bool {
	return method == "GET" || method == "HEAD" || method == "POST"
}

// IsForbiddenMethod reports whether scripts may not use a method
// (https://fetch.spec.whatwg.org/#forbidden-method).
func IsForbiddenMethod(method string) bool {
	switch asciiUpper(method) {
	case "CONNECT", "TRACE", "TRACK":
		return true
	default:
		return false
	}
}

// asciiUpper and asciiLower leave bytes beyond ASCII as they are, unlike package
// strings (https://infra.spec.whatwg.org/#byte-uppercase).
func asciiUpper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c - 'A' + 'a'
		}
	}
	return string(b)
}
