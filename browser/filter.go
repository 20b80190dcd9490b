package browser

import (
	"maps"
	"slices"
)

// Safelisted returns the names of the response headers that a script can always
// read, in lower case, sorted
// (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name).
func Safelisted() []string {
	return []string{"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}
}

// exposed returns which headers a script of another origin can read: the
// safelisted ones, and what Access-Control-Expose-Headers lists
// (https://fetch.spec.whatwg.org/#concept-main-fetch, step 14).
func exposed(headers []Header, credentials Credentials) func(string) bool {
	l := extract(headers, "Access-Control-Expose-Headers")
	set := l.lowered()
	if set["*"] && credentials != Include {
		return func(string) bool { return true }
	}
	for _, name := range Safelisted() {
		set[name] = true
	}
	return func(name string) bool { return set[name] }
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
