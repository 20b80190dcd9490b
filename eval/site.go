package eval

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/corsgen/corsgen/ir"
)

// absolute is the start of a request target in absolute-form
// (https://www.rfc-editor.org/rfc/rfc9112#name-absolute-form).
var absolute = regexp.MustCompile(`^(?i:https?)://[^/?#]+`)

// NormalPath returns the path of a request target in normal form: without the
// query, decoded, without empty, "." and ".." segments. The second value is false
// where there is no path to go by: the target is neither a path nor a URL ("*",
// host:port), its %-encoding is broken, it holds an encoded "/", a NUL or a
// fragment, or it leaves the root.
func NormalPath(target string) (string, bool) {
	target = strings.TrimPrefix(target, absolute.FindString(target))
	path, _, _ := strings.Cut(target, "?")
	if !strings.HasPrefix(path, "/") || strings.Contains(path, "#") || strings.Contains(strings.ToLower(path), "%2f") {
		return "", false
	}
	path, err := url.PathUnescape(path)
	if err != nil || strings.Contains(path, "\x00") {
		return "", false
	}
	return resolve(path)
}

// resolve removes empty, "." and ".." segments. A path that ends in one of them
// ends in "/".
func resolve(path string) (string, bool) {
	var kept []string
	end := ""
	for segment := range strings.SplitSeq(path[1:], "/") {
		end = "/"
		switch segment {
		case "", ".":
		case "..":
			if len(kept) == 0 {
				return "", false
			}
			kept = kept[:len(kept)-1]
		default:
			kept = append(kept, segment)
			end = ""
		}
	}
	if len(kept) == 0 {
		return "/", true
	}
	return "/" + strings.Join(kept, "/") + end, true
}

// Route returns the route of a request target, or nil if there is none.
func Route(s *ir.Site, target string) *ir.Route {
	path, ok := NormalPath(target)
	if !ok {
		return nil
	}
	var best *ir.Route
	for i := range s.Routes {
		r := &s.Routes[i]
		matches := path == r.Path || r.Subtree() && strings.HasPrefix(path, r.Path)
		if matches && (best == nil || len(r.Path) > len(best.Path)) {
			best = r
		}
	}
	return best
}

// Untouched is the answer to a request that no policy is for: it passes on as it
// is.
func Untouched(method string, fields []Field) Decision {
	return Decision{Class: classify(method, fields)}
}
