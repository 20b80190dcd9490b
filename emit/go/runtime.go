package golang

import (
	"fmt"
	"net/http"
	"strings"
)

// corsPolicy is a policy as decisions: which origins it allows, and what each
// kind of request gets.
type corsPolicy struct {
	allows    func(origin string) bool
	preflight corsBranches // never reaches the handler
	actual    corsBranches
}

// corsBranches chooses a response by the request's Origin.
type corsBranches struct {
	allowed, refused, absent corsResponse
}

// corsResponse is a ready-made answer, or what is done to the handler's.
type corsResponse struct {
	status int // 0: the handler's own; otherwise the handler does not run
	set    []corsHeader
	vary   string // members merged into Vary
}

// corsHeader is a response header: a constant, or a part of the request.
type corsHeader struct {
	name  string // canonical
	value string // where echo is 0
	echo  corsEcho
}

type corsEcho uint8

const (
	corsEchoOrigin  corsEcho = iota + 1 // the Origin, which has matched
	corsEchoMethod                      // Access-Control-Request-Method, if it is a token
	corsEchoHeaders                     // Access-Control-Request-Headers, if it is a list of tokens
)

// corsOwned are the response headers that a policy owns: whatever the handler, or
// a middleware further out, has set of them is removed.
var corsOwned = [...]string{
	"Access-Control-Allow-Origin",
	"Access-Control-Allow-Credentials",
	"Access-Control-Allow-Methods",
	"Access-Control-Allow-Headers",
	"Access-Control-Allow-Private-Network",
	"Access-Control-Expose-Headers",
	"Access-Control-Max-Age",
}

// corsMaxList is the longest value, in bytes, that a response repeats of a request.
const corsMaxList = 4000

// handler applies the policy to next.
func (p *corsPolicy) handler(next http.Handler) http.Handler {
	return &corsHandler{policy: p, next: next}
}

type corsHandler struct {
	policy *corsPolicy
	next   http.Handler
}

func (h *corsHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	request := corsRequest{
		origin: corsField(r.Header, "Origin"),
		method: corsField(r.Header, "Access-Control-Request-Method"),
	}
	response := h.policy.decide(r.Method, &request)
	if response.status != 0 {
		request.headers = corsField(r.Header, "Access-Control-Request-Headers")
		response.apply(w.Header(), &request)
		w.WriteHeader(response.status)
		return
	}
	writer := &corsPlain{corsWriter{inner: w, response: response, origin: request.origin}}
	// A handler may return without a write, or panic: then whoever answers in its
	// place (net/http, or a middleware further out that recovers) answers by this
	// policy too.
	defer writer.commit()
	h.next.ServeHTTP(writer.like(w), r)
}

// decide returns the response to a request
// (https://fetch.spec.whatwg.org/#cors-preflight-request).
func (p *corsPolicy) decide(method string, r *corsRequest) *corsResponse {
	if r.origin == "" {
		return &p.actual.absent
	}
	branches := &p.actual
	if method == http.MethodOptions && r.method != "" {
		branches = &p.preflight
	}
	if p.allows(r.origin) {
		return &branches.allowed
	}
	return &branches.refused
}

// corsRequest is what a policy reads of a request.
type corsRequest struct {
	origin  string
	method  string // Access-Control-Request-Method
	headers string // Access-Control-Request-Headers
}

// corsField returns a field of a request without blanks around it. Several lines
// come as a list, and no origin is a list.
func corsField(h http.Header, name string) string {
	lines := h[name]
	if len(lines) == 1 {
		return strings.Trim(lines[0], " \t")
	}
	return strings.Join(lines, ", ")
}

// apply makes h what the policy says. Every value is a slice of its own, so that
// nobody who holds h can reach the headers of another response.
func (r *corsResponse) apply(h http.Header, request *corsRequest) {
	corsRemoveOwned(h)
	values := make([]string, len(r.set))
	for i, header := range r.set {
		if v := header.valueFor(request); v != "" {
			values[i] = v
			h[header.name] = values[i : i+1 : i+1]
		}
	}
	if r.vary != "" {
		corsMergeVary(h, r.vary)
	}
}

// valueFor returns the header's value, or "" if there is none.
func (h *corsHeader) valueFor(r *corsRequest) string {
	switch {
	case h.echo == corsEchoOrigin:
		return r.origin
	case h.echo == corsEchoMethod && len(r.method) <= corsMaxList && corsIsToken(r.method):
		return r.method
	case h.echo == corsEchoHeaders && len(r.headers) <= corsMaxList && corsIsTokenList(r.headers):
		return r.headers
	default:
		return h.value
	}
}

// corsRemoveOwned removes the headers that the policy owns, also under keys that
// are not canonical: net/http writes those too.
func corsRemoveOwned(h http.Header) {
	for key := range h {
		for _, name := range corsOwned {
			if len(key) == len(name) && strings.EqualFold(key, name) {
				delete(h, key)
			}
		}
	}
}

// corsMergeVary adds members to Vary and puts the whole into one line, since some
// caches read no more.
func corsMergeVary(h http.Header, members string) {
	var lines []string
	for key, values := range h {
		if len(key) == len("Vary") && strings.EqualFold(key, "Vary") {
			lines = append(lines, values...)
			delete(h, key)
		}
	}
	line := members
	if len(lines) > 0 {
		line = corsUnion(strings.Join(lines, ","), members)
	}
	h["Vary"] = []string{line}
}

// corsUnion returns the members of a that are not empty, and those of b that a
// lacks. "*" absorbs all others.
func corsUnion(a, b string) string {
	var union []string
	for _, member := range strings.Split(a, ",") {
		member = strings.Trim(member, " \t")
		if member == "*" {
			return "*"
		}
		if member != "" {
			union = append(union, member)
		}
	}
	own := len(union)
	for _, member := range strings.Split(b, ", ") {
		if !corsHolds(union[:own], member) {
			union = append(union, member)
		}
	}
	return strings.Join(union, ", ")
}

func corsHolds(members []string, member string) bool {
	for _, m := range members {
		if strings.EqualFold(m, member) {
			return true
		}
	}
	return false
}

// corsIsToken reports whether s is one token
// (https://www.rfc-editor.org/rfc/rfc9110#name-tokens).
func corsIsToken(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0) {
			return false
		}
	}
	return s != ""
}

// corsIsTokenList reports whether s, which has no blanks around it, is a list of
// tokens.
func corsIsTokenList(s string) bool {
	for more := true; more; {
		var item string
		item, s, more = strings.Cut(s, ",")
		if !corsIsToken(strings.Trim(item, " \t")) {
			return false
		}
	}
	return true
}

// corsUnknown is the error for an environment that the policies do not know.
func corsUnknown(environment string, known ...string) error {
	return fmt.Errorf("cors: there is no environment %q; choose one of \"%s\"", environment, strings.Join(known, `", "`))
}
