package browser

import (
	"maps"
	"slices"

	"github.com/corsgen/corsgen/browser/reason"
)

// Safelisted returns the names of the response headers that a script can always
// read, in lower case, sorted
// (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name).
func Safelisted() []string {
	return []string{"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}
}

// exposed returns what Access-Control-Expose-Headers lists: names in lower case,
// or all of them (https://fetch.spec.whatwg.org/#concept-main-fetch, step 14).
// With credentials "*" is but the name of a header.
func exposed(headers []Header, credentials Credentials) (names map[string]bool, all bool) {
	l := extract(headers, "Access-Control-Expose-Headers")
	names = l.lowered()
	return names, names["*"] && credentials != Include
}

// readableByOthers returns the names of the headers that a script of another
// origin can read.
func readableByOthers(headers []Header, credentials Credentials) []string {
	names, all := exposed(headers, credentials)
	for _, name := range Safelisted() {
		names[name] = true
	}
	return readable(headers, func(name string) bool { return all || names[name] })
}

// readable returns the names of the headers that pass, in lower case, sorted
// (https://fetch.spec.whatwg.org/#concept-filtered-response-cors). Nobody can
// read Set-Cookie.
func readable(headers []Header, pass func(string) bool) []string {
	names := map[string]bool{}
	for _, h := range headers {
		if name := asciiLower(h.Name); pass(name) && name != "set-cookie" && name != "set-cookie2" {
			names[name] = true
		}
	}
	return append([]string{}, slices.Sorted(maps.Keys(names))...)
}

// Exposed returns what a script of another origin can read besides the
// safelisted headers, as the response says: names in lower case, sorted, or "*"
// where it can read all of them.
func (o *Outcome) Exposed() []string {
	if o.Reason != reason.CORS {
		return nil
	}
	names, all := exposed(o.Exchanges[len(o.Exchanges)-1].Response.Headers, o.Request.Credentials)
	if all {
		return []string{"*"}
	}
	for _, name := range append(Safelisted(), "*", "set-cookie", "set-cookie2") {
		delete(names, name)
	}
	return slices.Sorted(maps.Keys(names))
}
