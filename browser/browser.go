// Package browser is the client side of the Fetch standard
// (https://fetch.spec.whatwg.org/), so far as CORS is concerned: what a browser
// sends for a fetch(), what it checks in the answers, what it lets the script
// read, and what Chrome's console says. It follows the algorithms of the
// standard; the text of messages and the cap of the preflight cache are
// Chromium's.
//
// It is a model of one fetch() from a page. Service workers, HTTP caches,
// content security policies, mixed content, the local network and
// Cross-Origin-Resource-Policy are not in it, nor what makes a preflight needed
// beside method and headers: a stream as the body, and listeners to the progress
// of an upload by XMLHttpRequest.
package browser

import (
	"strings"

	"github.com/corsgen/corsgen/browser/reason"
	"github.com/corsgen/corsgen/eval"
)

// Header is a header field line: a name and a value.
type Header = eval.Field

// Mode is the mode of a request (https://fetch.spec.whatwg.org/#concept-request-mode).
type Mode string

// The modes that a script can ask for.
const (
	CORS           Mode = "cors"
	NoCORS         Mode = "no-cors"
	SameOriginOnly Mode = "same-origin"
)

// Modes returns the modes by their names in fetch().
func Modes() []string { return []string{string(CORS), string(NoCORS), string(SameOriginOnly)} }

// Credentials is the credentials mode of a request
// (https://fetch.spec.whatwg.org/#concept-request-credentials-mode).
type Credentials string

// The credentials modes.
const (
	Omit       Credentials = "omit"
	SameOrigin Credentials = "same-origin"
	Include    Credentials = "include"
)

// CredentialsModes returns the credentials modes by their names in fetch().
func CredentialsModes() []string { return []string{string(Omit), string(SameOrigin), string(Include)} }

// Request is what a script asks for: fetch(URL, {method, headers, mode,
// credentials}).
type Request struct {
	Origin      string // of the page, as browsers serialize it; "null" for an opaque origin
	URL         string // absolute, http or https
	Method      string // as the script writes it; "" is GET
	Headers     []Header
	Mode        Mode        // "" is cors, as in fetch()
	Credentials Credentials // "" is same-origin, as in fetch()
}

// Message is a request as it goes over the wire. Headers are those that CORS is
// about: Accept of a preflight, Origin, Access-Control-Request-*, and what the
// script has set.
type Message struct {
	Method  string
	URL     string // without fragment
	Headers []Header
}

// Response is what a server answers.
type Response struct {
	Status  int
	Headers []Header
}

// Server answers requests. The second value is false where there is no answer:
// the connection fails.
type Server func(Message) (Response, bool)

// Exchange is a request and its answer.
type Exchange struct {
	Preflight   bool
	Credentials bool // cookies, client certificates and HTTP authentication go along
	Request     Message
	Response    *Response // nil: none
}

// Outcome is what becomes of a request.
type Outcome struct {
	Request Request // with defaults filled in and the method normalized
	Reason  reason.Reason
	// Subject is what the reason is about: a method, a header name or value, a
	// status, a URL; "" where there is none.
	Subject     string
	AtPreflight bool       // the answer to a preflight decided
	Dropped     []string   // names of headers that scripts may not set, in the order of the script
	Exchanges   []Exchange // in order; preflights and redirects are exchanges of their own
	// UnsafeMethod and UnsafeHeaders are why a preflight is needed
	// (https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names).
	UnsafeMethod  bool
	UnsafeHeaders []string
	// Readable are the names of the response headers that the script can read, in
	// lower case, sorted; nil if it can read none.
	Readable []string
}

// Allowed reports whether the promise of fetch() is fulfilled.
func (o *Outcome) Allowed() bool { return o.Reason.Allowed() }

// Preflights returns the preflights that were sent.
func (o *Outcome) Preflights() []Exchange {
	var all []Exchange
	for _, e := range o.Exchanges {
		if e.Preflight {
			all = append(all, e)
		}
	}
	return all
}

// PreflightCauses says why there is a preflight: "the method PUT and the header
// x-trace". It is "" where none is needed.
func (o *Outcome) PreflightCauses() string {
	var causes []string
	if o.UnsafeMethod {
		causes = append(causes, "the method "+o.Request.Method)
	}
	if n := len(o.UnsafeHeaders); n == 1 {
		causes = append(causes, "the header "+o.UnsafeHeaders[0])
	} else if n > 1 {
		causes = append(causes, "the headers "+strings.Join(o.UnsafeHeaders, ", "))
	}
	return strings.Join(causes, " and ")
}
