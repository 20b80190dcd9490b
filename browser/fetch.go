package browser

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/corsgen/corsgen/browser/reason"
)

// maxRedirects is how many redirects a browser follows.
const maxRedirects = 20

// tainting is the response tainting of a request
// (https://fetch.spec.whatwg.org/#concept-request-response-tainting).
type tainting uint8

const (
	basic tainting = iota
	cors
	opaque
)

// fetch is a request on its way.
type fetch struct {
	out      *Outcome
	server   Server
	cache    *Cache
	now      time.Time
	url      *url.URL // the current URL
	tainting tainting
	tainted  bool // the origin has become "null" by redirects
	method   string
	headers  []Header
	unsafe   []string
}

// Fetch does what a browser does for a request, with the server on the other end.
// The cache holds what earlier preflights allowed, at the time now; nil is none.
// It follows https://fetch.spec.whatwg.org/#concept-main-fetch. An error says
// that no script can ask for this: something in the request is malformed.
func Fetch(r Request, server Server, cache *Cache, now time.Time) (*Outcome, error) {
	u, err := r.fill()
	if err != nil {
		return nil, err
	}
	out := &Outcome{Request: r}
	f := &fetch{out: out, server: server, cache: cache, now: now, url: u, method: r.Method}
	if bad := f.construct(); bad.reason != "" {
		f.end(bad)
		return out, nil
	}
	for redirects := 0; f.step(redirects); redirects++ {
	}
	if !out.Allowed() && (out.UnsafeMethod || len(out.UnsafeHeaders) > 0) {
		f.forget()
	}
	return out, nil
}

func (f *fetch) end(why finding) { f.out.Reason, f.out.Subject = why.reason, why.subject }

// construct is what the constructor of Request refuses or drops
// (https://fetch.spec.whatwg.org/#dom-request).
func (f *fetch) construct() finding {
	r := &f.out.Request
	switch {
	case includesCredentials(f.url):
		return finding{reason.URLCredentials, f.url.Redacted()}
	case IsForbiddenMethod(r.Method):
		return finding{reason.ForbiddenMethod, r.Method}
	case r.Mode == NoCORS && !IsSafelistedMethod(r.Method):
		return finding{reason.NoCORSMethod, r.Method}
	}
	for _, h := range r.Headers {
		if IsForbiddenHeader(h) || r.Mode == NoCORS && !f.isNoCORSSafelisted(h) {
			f.out.Dropped = append(f.out.Dropped, h.Name)
		} else {
			f.headers = append(f.headers, h)
		}
	}
	return finding{}
}

// isNoCORSSafelisted reports whether a script may set a header in mode no-cors,
// together with those of its name before
// (https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header).
func (f *fetch) isNoCORSSafelisted(h Header) bool {
	if asciiLower(h.Name) == "range" {
		return false
	}
	if before, ok := get(f.headers, h.Name); ok {
		h.Value = before + ", " + h.Value
	}
	return IsSafelistedHeader(h)
}

// step sends the request to its current URL, and reports whether a redirect
// leads on.
func (f *fetch) step(redirects int) bool {
	if !f.taint() {
		f.end(finding{reason.SameOriginMode, originOf(f.url)})
		return false
	}
	if f.tainting == cors && !f.preflight() {
		return false
	}
	response := f.send()
	if response == nil {
		f.end(finding{reason.NoAnswer, ""})
		return false
	}
	if f.tainting == cors {
		if bad := corsCheck(f.origin(), f.out.Request.Credentials, response.Headers); bad.reason != "" {
			f.end(bad)
			return false
		}
	}
	if location, ok := get(response.Headers, "Location"); ok && isRedirect(response.Status) {
		return f.redirect(response.Status, location, redirects)
	}
	f.deliver(response)
	return false
}

// taint decides what the script will see of the response
// (https://fetch.spec.whatwg.org/#concept-main-fetch, step 12). It returns false
// if the mode allows none.
func (f *fetch) taint() bool {
	mode := f.out.Request.Mode
	switch {
	case f.tainting == basic && originOf(f.url) == f.out.Request.Origin:
	case mode == SameOriginOnly:
		return false
	case mode == NoCORS:
		f.tainting = opaque
	default:
		f.tainting = cors
	}
	return true
}

// origin returns what the request's Origin is, once redirects have been followed
// (https://fetch.spec.whatwg.org/#serializing-a-request-origin).
func (f *fetch) origin() string {
	if f.tainted {
		return "null"
	}
	return f.out.Request.Origin
}

// preflight asks first, where that is needed, and reports whether the request
// may be sent (https://fetch.spec.whatwg.org/#cors-preflight-fetch).
func (f *fetch) preflight() bool {
	f.unsafe = UnsafeHeaderNames(f.headers)
	unsafeMethod := !IsSafelistedMethod(f.method)
	if !unsafeMethod && len(f.unsafe) == 0 {
		return true
	}
	f.out.UnsafeMethod, f.out.UnsafeHeaders = unsafeMethod, f.unsafe
	if f.cached() {
		return true
	}
	m := Message{Method: "OPTIONS", URL: f.target(), Headers: []Header{
		{Name: "Accept", Value: "*/*"},
		{Name: "Access-Control-Request-Method", Value: f.method},
	}}
	if len(f.unsafe) > 0 {
		m.Headers = append(m.Headers, Header{Name: "Access-Control-Request-Headers", Value: strings.Join(f.unsafe, ",")})
	}
	m.Headers = append(m.Headers, Header{Name: "Origin", Value: f.origin()})
	r := f.exchange(Exchange{Preflight: true, Request: m})
	bad := finding{reason.PreflightNoAnswer, ""}
	if r != nil {
		bad = f.preflightCheck(r)
	}
	if bad.reason != "" {
		f.end(bad)
		f.out.AtPreflight = true
		return false
	}
	f.remember(r)
	return true
}

func (f *fetch) exchange(e Exchange) *Response {
	if r, ok := f.server(e.Request); ok {
		e.Response = &r
	}
	f.out.Exchanges = append(f.out.Exchanges, e)
	return e.Response
}

// send sends the request itself
// (https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch).
func (f *fetch) send() *Response {
	m := Message{Method: f.method, URL: f.target(), Headers: slices.Clip(f.headers)}
	if o := f.originHeader(); o != "" {
		m.Headers = append(m.Headers, Header{Name: "Origin", Value: o})
	}
	c := f.out.Request.Credentials
	return f.exchange(Exchange{Request: m, Credentials: c == Include || c == SameOrigin && f.tainting == basic})
}

// target returns the current URL as it goes over the wire: without the user info,
// which may hold a password.
func (f *fetch) target() string {
	u := *f.url
	u.User = nil
	return u.String()
}

// originHeader returns the value of Origin, or "" where it is not sent
// (https://fetch.spec.whatwg.org/#append-a-request-origin-header), under the
// default referrer policy.
func (f *fetch) originHeader() string {
	switch downgrade := strings.HasPrefix(f.out.Request.Origin, "https:") && f.url.Scheme != "https"; {
	case f.tainting == cors:
		return f.origin()
	case f.method == "GET" || f.method == "HEAD":
		return ""
	case f.out.Request.Mode != CORS && downgrade:
		return "null"
	default:
		return f.origin()
	}
}

// redirect follows a redirect, and reports whether it may
// (https://fetch.spec.whatwg.org/#concept-http-redirect-fetch).
func (f *fetch) redirect(status int, location string, redirects int) bool {
	next, err := f.url.Parse(location)
	if err == nil {
		err = normalize(next)
	}
	switch {
	case err != nil:
		f.end(finding{reason.RedirectLocation, location})
		return false
	case redirects == maxRedirects:
		f.end(finding{reason.RedirectLimit, strconv.Itoa(maxRedirects)})
		return false
	case includesCredentials(next) && (f.tainting == cors || f.out.Request.Mode == CORS && originOf(next) != f.out.Request.Origin):
		f.end(finding{reason.RedirectCredentials, next.Redacted()})
		return false
	}
	f.follow(status, next)
	return true
}

// follow changes the request for its next URL.
func (f *fetch) follow(status int, next *url.URL) {
	if status == 303 && f.method != "GET" && f.method != "HEAD" || (status == 301 || status == 302) && f.method == "POST" {
		f.method = "GET"
		f.remove("content-encoding", "content-language", "content-location", "content-type")
	}
	here, there := originOf(f.url), originOf(next)
	if here != there {
		f.remove("authorization")
		f.tainted = f.tainted || here != f.out.Request.Origin
	}
	f.url = next
}

func (f *fetch) remove(names ...string) {
	f.headers = slices.DeleteFunc(slices.Clone(f.headers), func(h Header) bool {
		return slices.Contains(names, asciiLower(h.Name))
	})
}

// deliver hands the response to the script.
func (f *fetch) deliver(r *Response) {
	switch f.tainting {
	case opaque:
		f.out.Reason = reason.Opaque
	case cors:
		f.out.Reason = reason.CORS
		f.out.Readable = readableByOthers(r.Headers, f.out.Request.Credentials)
	default:
		f.out.Reason = reason.SameOrigin
		f.out.Readable = readable(r.Headers, func(string) bool { return true })
	}
}
