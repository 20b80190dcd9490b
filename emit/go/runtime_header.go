package golang

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
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

// apply makes h what the policy says. Every value is a slice of its own, so that
// nobody who holds h can reach the headers of another response.
func (r *corsResponse) apply(h http.Header, request *corsRequest, merged *corsMerged) {
	vary := r.clean(h)
	values := make([]string, 0, len(r.set)+len(r.vary))
	own := func(line []string) []string {
		values = append(values, line[0])
		return values[len(values)-1 : len(values) : len(values)]
	}
	for i := range r.set {
		if line := r.set[i].line(request); line != nil {
			h[r.set[i].name] = own(line)
		}
	}
	if r.vary != nil {
		h["Vary"] = own(merged.union(vary, r.vary))
	}
}

// send sends the header of a writer that copies it.
func (r *corsResponse) send(w http.ResponseWriter, h http.Header, status int, request *corsRequest, merged *corsMerged) {
	if len(h) == 0 { // the common case, for which lend and takeBack do no more
		r.put(h, request, r.vary)
		w.WriteHeader(status)
		clear(h)
		return
	}
	loan := r.lend(h, request, merged)
	w.WriteHeader(status)
	loan.takeBack(h)
}

// lend makes h what the policy says for a moment in which nobody else holds it.
// The values are shared with other responses and must be taken back.
func (r *corsResponse) lend(h http.Header, request *corsRequest, merged *corsMerged) corsLoan {
	loan := corsLoan{response: r, vary: r.clean(h)}
	loan.alone = len(h) == 0
	r.put(h, request, merged.union(loan.vary, r.vary))
	return loan
}

// put puts the policy's headers into h.
func (r *corsResponse) put(h http.Header, request *corsRequest, vary []string) {
	for i := range r.set {
		line := r.set[i].value
		if r.set[i].echo != 0 {
			line = r.set[i].line(request)
		}
		if line != nil {
			h[r.set[i].name] = line
		}
	}
	if vary != nil {
		h["Vary"] = vary
	}
}

// corsLoan is what was lent to a header.
type corsLoan struct {
	response *corsResponse
	vary     []string // as it was before
	alone    bool     // there is nothing else in the header
}

func (l *corsLoan) takeBack(h http.Header) {
	if l.alone {
		clear(h)
	} else {
		for i := range l.response.set {
			delete(h, l.response.set[i].name)
		}
	}
	switch {
	case l.vary != nil:
		h["Vary"] = l.vary
	case l.response.vary != nil:
		delete(h, "Vary")
	}
}

// line returns the header's value, or nil if there is none.
func (h *corsHeader) line(r *corsRequest) []string {
	switch h.echo {
	case corsEchoOrigin:
		return r.origin
	case corsEchoMethod:
		return corsIf(corsIsToken, corsLine(r.header, "Access-Control-Request-Method"))
	case corsEchoHeaders:
		return corsIf(corsIsTokenList, corsLine(r.header, "Access-Control-Request-Headers"))
	default:
		return h.value
	}
}

// corsIf returns line if it may be repeated and is of a form.
func corsIf(form func(string) bool, line []string) []string {
	if line == nil || len(line[0]) > corsMaxList || !form(line[0]) {
		return nil
	}
	return line
}

// clean removes from h the headers that the policy owns, and Vary if the response
// adds to it, also under keys that are not canonical: net/http writes those too.
// It returns the lines of Vary.
func (r *corsResponse) clean(h http.Header) (vary []string) {
	if len(h) == 0 {
		return nil
	}
	for key, lines := range h {
		switch {
		case corsIsOwned(key):
			delete(h, key)
		case r.vary != nil && len(key) == len("Vary") && strings.EqualFold(key, "Vary"):
			vary = corsConcat(vary, lines)
			delete(h, key)
		}
	}
	return vary
}

// corsConcat returns a and b as one list, and changes neither.
func corsConcat(a, b []string) []string {
	if a == nil {
		return b
	}
	return append(a[:len(a):len(a)], b...)
}

// corsRemoveOwned removes the headers that the policy owns.
func corsRemoveOwned(h http.Header) {
	for key := range h {
		if corsIsOwned(key) {
			delete(h, key)
		}
	}
}

func corsIsOwned(key string) bool {
	if len(key) < len("Access-Control-Max-Age") || key[0]|0x20 != 'a' {
		return false
	}
	for _, name := range corsOwned {
		if len(key) == len(name) && strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}

// corsMerged remembers how lines of Vary were merged, since handlers mostly set the
// same few.
type corsMerged struct {
	unions [8]atomic.Pointer[corsUnion]
	stored atomic.Uint32
}

// corsUnion is a merged Vary. It never changes.
type corsUnion struct {
	lines  []string
	add    string
	merged []string
}

// union returns lines and what a response adds to them as one line, since some
// caches read no more. It must not be changed.
func (m *corsMerged) union(lines, add []string) []string {
	if len(lines) == 0 || len(add) == 0 {
		return add
	}
	for i := range m.unions {
		u := m.unions[i].Load()
		if u == nil {
			break
		}
		if u.add == add[0] && slices.Equal(u.lines, lines) {
			return u.merged
		}
	}
	u := &corsUnion{slices.Clone(lines), add[0], []string{corsUnite(strings.Join(lines, ","), add[0])}}
	m.unions[(m.stored.Add(1)-1)%uint32(len(m.unions))].Store(u)
	return u.merged
}

// corsUnite returns the members of a that are not empty, and those of b that a
// lacks. "*" absorbs all others.
func corsUnite(a, b string) string {
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

// corsCopying knows the writers that copy the header in WriteHeader.
type corsCopying struct {
	seen atomic.Pointer[corsType]
}

// corsType is a type of writers.
type corsType struct {
	is  reflect.Type
	can corsAbilities
}

func corsTypeOf(w http.ResponseWriter) *corsType {
	return &corsType{reflect.TypeOf(w), corsAbilitiesOf(w)}
}

// look returns what w can do, and whether it copies its header in WriteHeader:
// what happens to it afterwards has no effect, and nobody reads it later. The
// writers of net/http's servers do; http.TimeoutHandler's, for one, does not.
func (c *corsCopying) look(w http.ResponseWriter) (can corsAbilities, copies bool) {
	t := reflect.TypeOf(w)
	seen := c.seen.Load()
	if seen != nil && seen.is == t {
		return seen.can, true
	}
	copies = corsIsServers(t)
	if copies && seen == nil {
		c.seen.Store(corsTypeOf(w))
	}
	return corsAbilitiesOf(w), copies
}

// corsIsServers reports whether t is the writer of a server of net/http, for
// HTTP/1 or HTTP/2.
func corsIsServers(t reflect.Type) bool {
	switch t.String() {
	case "*http.response", "*http.http2responseWriter":
		return t.Elem().PkgPath() == "net/http"
	}
	return false
}
