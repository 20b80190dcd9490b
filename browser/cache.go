package browser

import (
	"math"
	"strconv"
	"time"
)

// The times for which a browser keeps the answer to a preflight.
const (
	DefaultMaxAge = 5 * time.Second // without a valid Access-Control-Max-Age
	MaxMaxAge     = 2 * time.Hour   // Chromium's limit; Firefox takes a day
)

// Cache is the CORS-preflight cache of a browser
// (https://fetch.spec.whatwg.org/#cors-preflight-cache), for one top-level site.
// The zero value is empty. It is not safe for concurrent use.
type Cache struct{ places map[place]map[entry]time.Time }

// place is what all entries of a preflight share.
type place struct{ origin, url string }

// entry is a method or a header name (in lower case) that a preflight has
// allowed; the time in the cache is when it expires.
type entry struct {
	header      bool
	name        string
	credentials bool
}

func (f *fetch) place() place { return place{f.origin(), f.url.String()} }

// cached reports whether an earlier preflight answers for the request
// (https://fetch.spec.whatwg.org/#concept-http-fetch).
func (f *fetch) cached() bool {
	if f.cache == nil || !IsSafelistedMethod(f.method) && !f.knows(false, f.method) {
		return false
	}
	for _, name := range f.unsafe {
		if !f.knows(true, name) {
			return false
		}
	}
	return true
}

// knows reports whether the cache has an entry for a method or a header name
// (https://fetch.spec.whatwg.org/#concept-cache-match). A "*" that was answered to
// a request with credentials stands for nothing else: the standard lets it match
// all the same, Chromium does not.
func (f *fetch) knows(header bool, name string) bool {
	return f.lives(entry{header, name, true}) || f.out.Request.Credentials != Include &&
		(f.lives(entry{header, name, false}) || !(header && isNonWildcard(name)) && f.lives(entry{header, "*", false}))
}

func (f *fetch) lives(e entry) bool { return f.now.Before(f.cache.places[f.place()][e]) }

// remember puts what a preflight has allowed into the cache
// (https://fetch.spec.whatwg.org/#concept-cache-create-entry).
func (f *fetch) remember(r *Response) {
	if f.cache == nil {
		return
	}
	expires := f.now.Add(maxAge(r.Headers))
	for _, m := range extractMembers(r, "Access-Control-Allow-Methods") {
		f.put(entry{false, m, false}, expires)
	}
	for _, n := range extractMembers(r, "Access-Control-Allow-Headers") {
		f.put(entry{true, asciiLower(n), false}, expires)
	}
}

func extractMembers(r *Response, name string) []string {
	l := extract(r.Headers, name)
	return l.members
}

// put writes an entry. One that was made with credentials answers for requests
// without them too, so it is renewed in place of a second one.
func (f *fetch) put(e entry, expires time.Time) {
	e.credentials = true
	if f.out.Request.Credentials != Include && !f.lives(e) {
		e.credentials = false
	}
	if f.cache.places == nil {
		f.cache.places = map[place]map[entry]time.Time{}
	}
	p := f.place()
	if f.cache.places[p] == nil {
		f.cache.places[p] = map[entry]time.Time{}
	}
	f.cache.places[p][e] = expires
}

// forget removes the entries for the request and its current URL, after a request
// that needed a preflight has failed
// (https://fetch.spec.whatwg.org/#concept-cache-clear).
func (f *fetch) forget() {
	if f.cache != nil {
		delete(f.cache.places, f.place())
	}
}

// maxAge returns how long the answer to a preflight may be kept
// (https://fetch.spec.whatwg.org/#http-access-control-max-age).
func maxAge(headers []Header) time.Duration {
	value, _ := get(headers, "Access-Control-Max-Age")
	if !isDigits(value) {
		return DefaultMaxAge
	}
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err != nil { // too many digits
		seconds = math.MaxInt64
	}
	return time.Duration(min(seconds, int64(MaxMaxAge/time.Second))) * time.Second
}
