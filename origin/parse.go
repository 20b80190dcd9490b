package origin

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Parse reads a pattern, "null" included. Any ("*") is not a pattern and is an
// error here. The error is always an *Error.
//
// What is accepted is exactly what can match the Origin header of a browser:
//
//	scheme of http and https     permitted                      prohibited
//	host label                   a-z 0-9 _ - (Punycode valid)   upper case, Unicode, %, 64 bytes
//	wildcards                    one in a label, a leading **.  in or right of the registrable domain
//	IP address                   127.0.0.1, [::1]               127.1, [0:0::1], wildcards
//	port                         none, 1 to 65535, *            the scheme's own, leading zeros
//
// Browsers take a few more ASCII signs in a host, such as "!" and "~". No public
// name holds them and no wildcard stands for them, so labels have none. Other
// schemes have a host of letters of either case, digits and ".", "_" and "-",
// which is not taken apart, no wildcards, and an optional port.
func Parse(s string) (Pattern, error) {
	p, err := parse(s)
	if err != nil {
		return Pattern{}, explain(s)
	}
	return p, nil
}

func parse(s string) (Pattern, *Error) {
	switch {
	case s == "":
		return Pattern{}, malformed("Browsers never send an empty Origin header. Remove the entry, or write an origin such as https://app.example.com.", "The origin is empty")
	case s == Any:
		return Pattern{}, malformed("It stands for every origin and is an entry by itself, not a pattern.", `"*" cannot be used here`)
	case len(s) > MaxLength:
		return Pattern{}, malformed(fmt.Sprintf("A host name is at most 253 bytes, so browsers send no such origin, and an Origin header over %d bytes matches nothing.", MaxLength), "The origin is %d bytes long", len(s))
	case s == Null:
		return Pattern{text: s}, nil
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return Pattern{}, noScheme(s)
	}
	if err := checkScheme(scheme); err != nil {
		return Pattern{}, err
	}
	host, port, err := splitPort(scheme, rest)
	if err != nil {
		return Pattern{}, err
	}
	p := Pattern{text: s, scheme: scheme, host: host, port: port}
	if isHTTP(scheme) {
		err = p.parseHost()
	} else {
		err = checkOpaqueHost(scheme, host)
	}
	return p, err
}

func noScheme(s string) *Error {
	return fault(codeNoScheme, "Browsers send the scheme with every origin, so an entry without one matches nothing.", "%q has no scheme", s)
}

func isHTTP(scheme string) bool { return scheme == "http" || scheme == "https" }

// nullSchemes are the schemes whose pages have an opaque origin, or none of
// their own.
var nullSchemes = []string{"about", "blob", "data", "file", "filesystem", "javascript"}

func checkScheme(s string) *Error {
	switch {
	case slices.Contains(nullSchemes, s):
		return nullScheme(s)
	case s == "ws" || s == "wss":
		return webSocket(s)
	case strings.ContainsAny(s, "*{}"):
		return fault(codeUnrelatedSites, "A wildcard there would let pages of any scheme in, plain http too, where whoever is on the network can speak for the host. Write one entry for each scheme.", "The scheme %q holds a wildcard", s)
	case !isScheme(s):
		return malformed("A scheme is a lower-case letter followed by lower-case letters, digits, +, - and dots, such as https.", "%q is not a scheme", s)
	}
	return nil
}

func nullScheme(s string) *Error {
	detail := "A page from a %s: URL sends the origin null, which every sandboxed frame can send too. Serve the page over http, for example from http://localhost:8080, and list that."
	switch s {
	case "about", "javascript":
		detail = "A page from such an address has the origin of the page that opened it, or sends null. List the origin of that page, not %s:."
	case "blob", "filesystem":
		detail = "A %s: URL has the origin of the page that made it, or sends null. List the origin of that page."
	}
	return fault(codeNullScheme, fmt.Sprintf(detail, s), "No browser sends an origin with the scheme %q", s)
}

func webSocket(s string) *Error {
	return fault(codeWebSocket, "A page that opens a WebSocket sends the origin of the page, with http or https.", "The scheme %q never appears in an origin", s)
}

func isScheme(s string) bool {
	for i, c := range []byte(s) {
		letter := 'a' <= c && c <= 'z'
		if !letter && (i == 0 || c != '+' && c != '-' && c != '.' && !Digits.takes(c)) {
			return false
		}
	}
	return s != ""
}

// cutPort splits what follows "://". found reports whether there is a colon
// outside the brackets of an IPv6 address.
func cutPort(s string) (host, port string, found bool) {
	end := strings.LastIndexByte(s, ']') + 1
	if end == 0 && strings.HasPrefix(s, "[") {
		return s, "", false
	}
	host, port, found = strings.Cut(s[end:], ":")
	return s[:end] + host, port, found
}

func splitPort(scheme, s string) (host, port string, err *Error) {
	host, port, found := cutPort(s)
	if !found {
		return host, "", nil
	}
	return host, port, checkPort(scheme, port)
}

func checkPort(scheme, port string) *Error {
	if port == "*" {
		if isHTTP(scheme) {
			return nil
		}
		return noWildcards(scheme, ":*")
	}
	if port == defaultPort(scheme) {
		return fault(codeDefaultPort, fmt.Sprintf("Browsers leave out the default port of %s, so an entry with it matches nothing.", scheme), "The origin names the default port %s", port)
	}
	if port == "" {
		return malformed("Browsers send a colon only before a port. For any port write :*.", "There is no port after the colon")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 || port[0] == '0' {
		return malformed("Browsers send a port as a number from 1 to 65535 without leading zeros. For any port write :* instead.", "The port %q is not valid", port)
	}
	return nil
}

func defaultPort(scheme string) string {
	switch scheme {
	case "http":
		return "80"
	case "https":
		return "443"
	default:
		return "none"
	}
}

// checkOpaqueHost checks the host of a scheme that the URL standard does not
// know: browsers keep it as it is.
func checkOpaqueHost(scheme, host string) *Error {
	if host == "" {
		return noHost(scheme)
	}
	for _, c := range host {
		switch {
		case c == '*' || c == '{' || c == '}':
			return noWildcards(scheme, host)
		case c != '.' && !(c < 0x80 && (Star.takes(byte(c)) || 'A' <= c && c <= 'Z')):
			return malformed("The host of an app or an extension is made of letters, digits, dots, _ and -. Write it exactly as the browser sends it in the Origin header.", "The host %q holds the character %q", host, c)
		}
	}
	return nil
}

func noWildcards(scheme, text string) *Error {
	return malformed("Only http and https origins can hold wildcards, since a name under another scheme is owned by nobody. Write each origin exactly, as the browser sends it.", "%q is a wildcard under the scheme %q", text, scheme)
}

func noHost(scheme string) *Error {
	return malformed("Browsers send the host with every origin, as in https://app.example.com.", "The origin has no host after %q", scheme+"://")
}
