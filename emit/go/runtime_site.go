package golang

import (
	"bytes"
	"net/http"
	"net/url"
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
	if p := h.site.choose(r.URL); p != nil {
		h.chain.serve(p, w, r)
		return
	}
	h.chain.next.ServeHTTP(w, r)
}

// choose returns the policy of a request's path, or nil if it has none.
func (s *corsSite) choose(u *url.URL) *corsPolicy {
	if path, ok := corsPath(u); ok {
		return s.find(path)
	}
	return nil
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
