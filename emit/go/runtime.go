package golang

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// corsPolicy is a policy as decisions: which origins it allows, and what each
// kind of request gets. It never changes.
type corsPolicy struct {
	name      string // for observe
	allows    func(origin string) bool
	preflight corsBranches // never reaches the handler
	actual    corsBranches
	fresh     bool                                                                          // no writer is reused
	observe   func(p *corsPolicy, r *http.Request, origin []string, response *corsResponse) // may be nil
}

// corsBranches chooses a response by the request's Origin.
type corsBranches struct {
	allowed, refused, absent corsResponse
}

// corsResponse is a ready-made answer, or what is done to the handler's.
type corsResponse struct {
	status int // 0: the handler's own; otherwise the handler does not run
	set    []corsHeader
	vary   []string // one line, whose members are merged into Vary
}

// corsHeader is a response header: a constant, or a part of the request.
type corsHeader struct {
	name  string   // canonical
	value []string // one line, where echo is 0
	echo  corsEcho
}

type corsEcho uint8

const (
	corsEchoOrigin  corsEcho = iota + 1 // the Origin, which has matched
	corsEchoMethod                      // Access-Control-Request-Method, if it is a token
	corsEchoHeaders                     // Access-Control-Request-Headers, if it is a list of tokens
)

// handler applies the policy to next.
func (p *corsPolicy) handler(next http.Handler) http.Handler {
	return &corsHandler{policy: p, chain: corsChain{next: next}}
}

type corsHandler struct {
	policy *corsPolicy
	chain  corsChain
}

func (h *corsHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.chain.serve(h.policy, w, r)
}

// corsChain is a handler with what its requests share, out of its reach.
type corsChain struct {
	next    http.Handler
	copying corsCopying
	writers corsWriters
	vary    corsMerged
	buffers sync.Pool // of *[512]byte
}

// serve applies a policy to a request.
func (c *corsChain) serve(p *corsPolicy, w http.ResponseWriter, r *http.Request) {
	request, response := p.respond(r)
	switch {
	case response.status != 0:
		c.answer(response, w, &request)
	case p.fresh || c.writers.kept.Load():
		c.serveFresh(response, w, r, request.origin)
	default:
		c.serveReused(response, w, r, request.origin)
	}
}

// respond reads a request, decides, and tells the hook.
func (p *corsPolicy) respond(r *http.Request) (corsRequest, *corsResponse) {
	request := corsRequest{header: r.Header, origin: corsLine(r.Header, "Origin")}
	response := p.decide(r.Method, &request)
	if p.observe != nil {
		p.tell(r, &request, response)
	}
	return request, response
}

// decide returns the response to a request
// (https://fetch.spec.whatwg.org/#cors-preflight-request).
func (p *corsPolicy) decide(method string, r *corsRequest) *corsResponse {
	if r.origin == nil {
		return &p.actual.absent
	}
	branches := &p.actual
	if method == http.MethodOptions && corsLine(r.header, "Access-Control-Request-Method") != nil {
		branches = &p.preflight
	}
	if p.allows(r.origin[0]) {
		return &branches.allowed
	}
	return &branches.refused
}

// tell calls the hook, which cannot change what was decided: the origin is the
// request's own, in reach of whoever holds the request.
func (p *corsPolicy) tell(r *http.Request, request *corsRequest, response *corsResponse) {
	origin := ""
	if request.origin != nil {
		origin = request.origin[0]
	}
	p.observe(p, r, request.origin, response)
	if request.origin != nil && request.origin[0] != origin {
		request.origin = []string{origin}
	}
}

// answer sends a ready-made response.
func (c *corsChain) answer(response *corsResponse, w http.ResponseWriter, request *corsRequest) {
	h := w.Header()
	if _, copies := c.copying.look(w); !copies {
		response.apply(h, request, &c.vary)
		w.WriteHeader(response.status)
		return
	}
	response.send(w, h, response.status, request, &c.vary)
}

// corsRequest is what a policy reads of a request.
type corsRequest struct {
	header http.Header
	origin []string // one line, or nil if there is none
}

// corsLine returns a field of a request as one line without blanks around it, or
// nil if that is empty. Several lines come as a list, and no origin is a list. The
// line may be the request's own.
func corsLine(h http.Header, name string) []string {
	lines := h[name]
	if len(lines) == 1 && corsIsTrim(lines[0]) {
		return lines[:1:1]
	}
	return corsJoin(lines)
}

// corsIsTrim reports whether s is not empty and no blanks are around it.
func corsIsTrim(s string) bool { return s != "" && s[0] > ' ' && s[len(s)-1] > ' ' }

// corsJoin is corsLine for lines that need work.
func corsJoin(lines []string) []string {
	if len(lines) == 0 {
		return nil
	}
	line := strings.Join(lines, ", ")
	if len(lines) == 1 {
		line = strings.Trim(line, " \t")
	}
	if line == "" {
		return nil
	}
	return []string{line}
}

// corsUnknown is the error for an environment that the policies do not know.
func corsUnknown(environment string, known ...string) error {
	return fmt.Errorf("cors: there is no environment %q; choose one of \"%s\"", environment, strings.Join(known, `", "`))
}
