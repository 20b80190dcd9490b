// Package reason is the fixed vocabulary of why a browser lets a script read a
// response, or does not. Policies name these words in test blocks, and corsgen
// explain answers with them; they are stable.
package reason

// Reason is a word of the vocabulary.
type Reason string

// Why a script may go on.
const (
	SameOrigin Reason = "same-origin"
	CORS       Reason = "cors"
	Opaque     Reason = "opaque"
)

// Why nothing is sent.
const (
	ForbiddenMethod   Reason = "forbidden-method"
	NoCORSMethod      Reason = "no-cors-method"
	URLCredentials    Reason = "url-credentials"
	SameOriginMode    Reason = "same-origin-mode"
	UnsupportedScheme Reason = "unsupported-scheme"
	LocalNetwork      Reason = "local-network"
)

// Why a policy does not let a script read a response. A browser only sees that
// Access-Control-Allow-Origin is missing.
const (
	OriginNotAllowed Reason = "origin-not-allowed"
	NoPolicy         Reason = "no-policy"
)

// Why the response to a preflight, or to the request itself, does not pass.
const (
	AllowOriginMissing    Reason = "allow-origin-missing"
	AllowOriginMultiple   Reason = "allow-origin-multiple"
	AllowOriginInvalid    Reason = "allow-origin-invalid"
	AllowOriginMismatch   Reason = "allow-origin-mismatch"
	AllowOriginWildcard   Reason = "allow-origin-wildcard"
	CredentialsNotAllowed Reason = "credentials-not-allowed"
	NoAnswer              Reason = "no-answer"
)

// Why a preflight does not pass.
const (
	PreflightNoAnswer       Reason = "preflight-no-answer"
	PreflightRedirect       Reason = "preflight-redirect"
	PreflightStatus         Reason = "preflight-status"
	AllowMethodsMalformed   Reason = "allow-methods-malformed"
	AllowHeadersMalformed   Reason = "allow-headers-malformed"
	MethodNotAllowed        Reason = "method-not-allowed"
	HeaderNotAllowed        Reason = "header-not-allowed"
	AuthorizationNotCovered Reason = "authorization-not-covered"
)

// Why a redirect is not followed.
const (
	RedirectLocation    Reason = "redirect-location"
	RedirectCredentials Reason = "redirect-credentials"
	RedirectLimit       Reason = "redirect-limit"
)

// Entry is what there is to say about a reason in general.
type Entry struct {
	Reason   Reason
	Allowed  bool   // the promise of fetch() is fulfilled
	Meaning  string // one sentence
	Standard string // the anchor in https://fetch.spec.whatwg.org/ of the step that decides; "" for none
}

// Lookup finds a reason by its word.
func Lookup(r Reason) (Entry, bool) {
	for _, e := range entries {
		if e.Reason == r {
			return e, true
		}
	}
	return Entry{}, false
}

// All returns the vocabulary, in the order in which a browser comes by.
func All() []Entry { return append([]Entry(nil), entries...) }

// Allowed reports whether the promise of fetch() is fulfilled.
func (r Reason) Allowed() bool {
	e, _ := Lookup(r)
	return e.Allowed
}

var entries = []Entry{
	{SameOrigin, true, "The page and the URL are of the same origin, so CORS has no part in it.", "concept-main-fetch"},
	{CORS, true, "The response lets this origin read it.", "concept-cors-check"},
	{Opaque, true, "The mode is no-cors: the request is sent, and the script can read nothing of the response.", "concept-filtered-response-opaque"},

	{ForbiddenMethod, false, "fetch() throws: scripts may not use CONNECT, TRACE and TRACK.", "forbidden-method"},
	{NoCORSMethod, false, "fetch() throws: the mode no-cors takes GET, HEAD and POST only.", "dom-request"},
	{URLCredentials, false, "fetch() throws: the URL holds a user name or a password.", "dom-request"},
	{SameOriginMode, false, "The mode is same-origin, and the URL is of another origin.", "concept-main-fetch"},
	{UnsupportedScheme, false, "The scheme of the URL takes no part in CORS.", "concept-main-fetch"},
	{LocalNetwork, false, "Chrome asks the user before a page may reach a host of the local network or the machine itself.", ""},

	{OriginNotAllowed, false, "The policy does not allow the origin, so its answer carries no CORS headers.", "concept-cors-check"},
	{NoPolicy, false, "No route of the site matches the path, so nothing adds CORS headers.", "concept-cors-check"},

	{PreflightNoAnswer, false, "The browser sends a preflight, and gets no answer.", "cors-preflight-fetch"},
	{PreflightRedirect, false, "The preflight is answered with a redirect.", "cors-preflight-fetch"},
	{AllowOriginMissing, false, "The response has no Access-Control-Allow-Origin.", "concept-cors-check"},
	{AllowOriginMultiple, false, "Access-Control-Allow-Origin holds several values, or stands there twice.", "concept-cors-check"},
	{AllowOriginInvalid, false, "Access-Control-Allow-Origin is not an origin.", "concept-cors-check"},
	{AllowOriginMismatch, false, "Access-Control-Allow-Origin is another origin.", "concept-cors-check"},
	{AllowOriginWildcard, false, "Access-Control-Allow-Origin is *, and the request is made with credentials.", "concept-cors-check"},
	{CredentialsNotAllowed, false, "Access-Control-Allow-Credentials is not true, and the request is made with credentials.", "concept-cors-check"},
	{PreflightStatus, false, "The status of the answer to the preflight is not 200 to 299.", "cors-preflight-fetch"},
	{AllowMethodsMalformed, false, "Access-Control-Allow-Methods is not a list of methods.", "cors-preflight-fetch"},
	{AllowHeadersMalformed, false, "Access-Control-Allow-Headers is not a list of header names.", "cors-preflight-fetch"},
	{MethodNotAllowed, false, "The method is not in Access-Control-Allow-Methods.", "cors-preflight-fetch"},
	{AuthorizationNotCovered, false, "The wildcard in Access-Control-Allow-Headers does not cover Authorization.", "cors-non-wildcard-request-header-name"},
	{HeaderNotAllowed, false, "A request header is not in Access-Control-Allow-Headers.", "cors-preflight-fetch"},

	{NoAnswer, false, "The request gets no answer.", "concept-http-network-fetch"},
	{RedirectLocation, false, "The redirect leads to something else than an http or https URL.", "concept-http-redirect-fetch"},
	{RedirectCredentials, false, "The redirect leads to a URL with a user name or a password.", "concept-http-redirect-fetch"},
	{RedirectLimit, false, "There are more than 20 redirects.", "concept-http-redirect-fetch"},
}
