package browser

import (
	"strconv"
	"strings"

	"github.com/corsgen/corsgen/browser/reason"
)

// finding is what a check finds: a reason, and what it is about. The zero value
// is success.
type finding struct {
	reason  reason.Reason
	subject string
}

// corsCheck decides whether a response lets an origin read it
// (https://fetch.spec.whatwg.org/#concept-cors-check).
func corsCheck(origin string, credentials Credentials, headers []Header) finding {
	allowed, ok := get(headers, "Access-Control-Allow-Origin")
	switch {
	case !ok:
		return finding{reason.AllowOriginMissing, ""}
	case allowed == "*" && credentials != Include:
		return finding{}
	case allowed == "*":
		return finding{reason.AllowOriginWildcard, ""}
	case allowed != origin:
		return finding{mismatch(allowed), allowed}
	case credentials != Include:
		return finding{}
	}
	if c, _ := get(headers, "Access-Control-Allow-Credentials"); c != "true" {
		return finding{reason.CredentialsNotAllowed, c}
	}
	return finding{}
}

// mismatch says what is wrong with a value that is not the origin. The standard
// knows one failure; these are the three of Chromium's console.
func mismatch(value string) reason.Reason {
	switch {
	case strings.ContainsAny(value, " ,"):
		return reason.AllowOriginMultiple
	case value == "null" || isURL(value):
		return reason.AllowOriginMismatch
	default:
		return reason.AllowOriginInvalid
	}
}

// preflightCheck decides whether the answer to a preflight lets the request
// pass (https://fetch.spec.whatwg.org/#cors-preflight-fetch, step 7). A redirect
// is not ok either; it comes first so that it is not mistaken for a missing
// header.
func (f *fetch) preflightCheck(r *Response) finding {
	status := strconv.Itoa(r.Status)
	if _, ok := get(r.Headers, "Location"); ok && isRedirect(r.Status) {
		return finding{reason.PreflightRedirect, status}
	}
	if bad := corsCheck(f.origin(), f.out.Request.Credentials, r.Headers); bad.reason != "" {
		return bad
	}
	if r.Status < 200 || r.Status > 299 {
		return finding{reason.PreflightStatus, status}
	}
	methods := extract(r.Headers, "Access-Control-Allow-Methods")
	if methods.malformed {
		return f.malformed(reason.AllowMethodsMalformed, r, "Access-Control-Allow-Methods")
	}
	names := extract(r.Headers, "Access-Control-Allow-Headers")
	if names.malformed {
		return f.malformed(reason.AllowHeadersMalformed, r, "Access-Control-Allow-Headers")
	}
	if bad := f.methodCheck(methods); bad.reason != "" {
		return bad
	}
	return f.headersCheck(names)
}

func (f *fetch) malformed(why reason.Reason, r *Response, name string) finding {
	value, _ := get(r.Headers, name)
	return finding{why, value}
}

func (f *fetch) methodCheck(methods list) finding {
	if methods.has(f.method) || IsSafelistedMethod(f.method) || f.wildcard(methods.has("*")) {
		return finding{}
	}
	return finding{reason.MethodNotAllowed, f.method}
}

// wildcard reports whether a "*" in a list stands for everything: with
// credentials it is taken literally.
func (f *fetch) wildcard(has bool) bool { return has && f.out.Request.Credentials != Include }

func (f *fetch) headersCheck(names list) finding {
	set := names.lowered()
	star := f.wildcard(set["*"])
	for _, h := range f.headers {
		if name := asciiLower(h.Name); isNonWildcard(name) && !set[name] {
			if star {
				return finding{reason.AuthorizationNotCovered, name}
			}
			return finding{reason.HeaderNotAllowed, name}
		}
	}
	for _, name := range f.unsafe {
		if !set[name] && !star {
			return finding{reason.HeaderNotAllowed, name}
		}
	}
	return finding{}
}

func isRedirect(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308: // https://fetch.spec.whatwg.org/#redirect-status
		return true
	default:
		return false
	}
}
