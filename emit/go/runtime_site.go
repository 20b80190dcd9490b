package golang

import (
	"bytes"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// corsSite chooses a policy for each request by its path. It never changes.
type corsSite struct {
	routes   []corsRoute   // in alphabetical order
	policies []*corsPolicy // that the routes choose from
}

// corsRoute gives requests to a path their policy; one that ends in "/", to all
// below it too.
type corsRoute struct {
	path   string
	policy int // of the site
	up     int // how many routes further up the one stands that holds all of this, or 0 if there is none
}

// handler applies to each request to next the policy of its path.
func (s *corsSite) handler(next http.Handler) http.Handler {
	return &corsSiteHandler{site: s, chain: corsChain{next: next}}
}

type corsSiteHandler struct {
	site  *corsSite
	chain corsChain
}

func (h *corsSiteHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p := h.site.policyFor(r); p != nil {
		h.chain.serve(p, w, r)
		return
	}
	h.chain.next.ServeHTTP(w, r)
}

// policyFor returns the policy of a request, or nil if it has none.
func (s *corsSite) policyFor(r *http.Request) *corsPolicy {
	if path, ok := corsPath(r.URL); ok {
		return s.find(path)
	}
	return s.guard(r)
}

// guard returns the policy whose origin gate keeps a request out of which it is not
// clear what its path is, or nil. A handler may read the path in its own way, so
// every route counts that could hold it.
func (s *corsSite) guard(r *http.Request) *corsPolicy {
	origin := corsLine(r.Header, "Origin")
	if origin == nil {
		return nil
	}
	closest := corsClosest(r.URL.Path)
	for i := range s.routes {
		p := s.policies[s.routes[i].policy]
		if s.routes[i].holds(closest) && p.actual.refused.status != 0 && !p.allows(origin[0]) {
			return p
		}
	}
	return nil
}

// corsClosest returns the path that one without a normal form most likely stands
// for.
func corsClosest(unclear string) string {
	closest := path.Clean("/" + unclear)
	if strings.HasSuffix(unclear, "/") && closest != "/" {
		closest += "/"
	}
	return closest
}

// find returns the policy of a path in normal form, or nil if it has none.
//
// Every route that holds the path starts it, and so comes before it in the
// alphabet; the last route before it starts with all of them.
func (s *corsSite) find(path string) *corsPolicy {
	low, high := 0, len(s.routes)
	for low < high {
		if middle := (low + high) / 2; s.routes[middle].path <= path {
			low = middle + 1
		} else {
			high = middle
		}
	}
	for i := low - 1; i >= 0; {
		r := &s.routes[i]
		if r.holds(path) {
			return s.policies[r.policy]
		}
		if r.up == 0 {
			break
		}
		i -= r.up
	}
	return nil
}

func (r *corsRoute) holds(path string) bool {
	if len(path) > len(r.path) {
		return path[:len(r.path)] == r.path && r.path[len(r.path)-1] == '/'
	}
	return path == r.path
}

// corsPath returns the path of a request in normal form: without empty, "." and
// ".." segments. There is none where it is not clear what the path is: it holds an
// encoded "/", "#" or NUL, or leaves the root.
func corsPath(u *url.URL) (string, bool) {
	switch {
	case u.Path == "" || u.Path[0] != '/':
		return "", false
	case u.RawPath != "" && corsHides(u.RawPath):
		return "", false
	case corsIsNormal(u.Path):
		return u.Path, true
	default:
		return corsResolve(u.Path)
	}
}

// corsHides reports whether an encoded path holds an encoded "/", or "#".
func corsHides(raw string) bool {
	return strings.Contains(raw, "%2F") || strings.Contains(raw, "%2f") || strings.IndexByte(raw, '#') >= 0
}

// corsIsNormal reports whether a path holds no NUL and no segment that is empty,
// "." or "..".
func corsIsNormal(path string) bool {
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c == 0 || c == '/' && corsStartsWithDots(path[i+1:]) {
			return false
		}
	}
	return true
}

// corsStartsWithDots reports whether the first segment of what follows a "/" is
// "." or "..", or empty and not the last.
func corsStartsWithDots(rest string) bool {
	if rest == "" || rest[0] > '/' {
		return false
	}
	if rest[0] == '.' {
		rest = strings.TrimPrefix(rest[1:], ".")
		return rest == "" || rest[0] == '/'
	}
	return rest[0] == '/'
}

// corsResolve brings a path into normal form, if it has one.
func corsResolve(path string) (string, bool) {
	if strings.IndexByte(path, 0) >= 0 {
		return "", false
	}
	kept := make([]byte, 0, len(path))
	open := false // the last segment leaves a "/" behind
	for rest, more := path[1:], true; more; {
		var segment string
		segment, rest, more = strings.Cut(rest, "/")
		switch segment {
		case "", ".":
			open = true
		case "..":
			if len(kept) == 0 {
				return "", false
			}
			kept = kept[:bytes.LastIndexByte(kept, '/')]
			open = true
		default:
			kept = append(append(kept, '/'), segment...)
			open = false
		}
	}
	if open {
		kept = append(kept, '/')
	}
	return string(kept), true
}
