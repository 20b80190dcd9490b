package golang

import (
	"net/http"
	"strings"
)

// corsObserve, if it is not nil, is called with what a policy decides of each
// request, before the handler runs. Set it before the first request is served;
// requests call it at the same time, and wait for it.
var corsObserve func(corsEvent)

// corsEvent is what a policy has decided of a request.
type corsEvent struct {
	Request *http.Request // not to be changed
	Policy  string        // its name in the policy file
	Class   corsClass
	Allowed bool // a script may read the response
	Reason  corsReason
}

// corsClass is the class of a request.
type corsClass string

// The classes of requests (https://fetch.spec.whatwg.org/#http-requests).
const (
	corsClassPreflight corsClass = "preflight"
	corsClassActual    corsClass = "actual"
	corsClassNonCORS   corsClass = "non-cors"
)

// corsReason is why a request was allowed or not.
type corsReason string

// The reasons.
const (
	corsReasonOriginAllowed    corsReason = "origin-allowed"
	corsReasonAnyOriginAllowed corsReason = "any-origin-allowed"
	corsReasonOriginNotAllowed corsReason = "origin-not-allowed"
	corsReasonNullNotAllowed   corsReason = "null-not-allowed" // from a sandboxed frame, a file, a redirect
	corsReasonOriginTooLong    corsReason = "origin-too-long"
	corsReasonSeveralOrigins   corsReason = "several-origins"
	corsReasonNoOrigin         corsReason = "no-origin"
)

// corsReport tells corsObserve what a policy answers to a request.
func corsReport(p *corsPolicy, r *http.Request, origin []string, response *corsResponse) {
	if corsObserve == nil {
		return
	}
	e := corsEvent{Request: r, Policy: p.name, Class: corsClassActual, Allowed: len(response.set) > 0}
	switch {
	case origin == nil:
		e.Class = corsClassNonCORS
	case response == &p.preflight.allowed || response == &p.preflight.refused:
		e.Class = corsClassPreflight
	}
	e.Reason = corsWhy(origin, response)
	corsObserve(e)
}

func corsWhy(origin []string, response *corsResponse) corsReason {
	switch {
	case len(response.set) > 0 && response.set[0].echo == 0:
		return corsReasonAnyOriginAllowed
	case origin == nil:
		return corsReasonNoOrigin
	case len(response.set) > 0:
		return corsReasonOriginAllowed
	case len(origin[0]) > 512:
		return corsReasonOriginTooLong
	case strings.ContainsAny(origin[0], ", "):
		return corsReasonSeveralOrigins
	case origin[0] == "null":
		return corsReasonNullNotAllowed
	default:
		return corsReasonOriginNotAllowed
	}
}
