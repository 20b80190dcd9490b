package origin

import (
	"fmt"
	"slices"
	"strings"
)

// appSchemes are the well-known schemes of apps and extensions: a text that
// starts with one of them and a colon is no host with a port.
var appSchemes = []string{
	"app", "capacitor", "chrome-extension", "edge-extension", "extension", "ionic",
	"moz-extension", "ms-browser-extension", "safari-extension", "safari-web-extension", "tauri",
}

// scheme splits s into a scheme in lower case and what follows "://".
func (r *repair) scheme(s string) (scheme, rest string) {
	for _, outer := range []string{"blob:", "filesystem:"} {
		inner, ok := cutPrefixFold(s, outer)
		if _, _, hasInner := strings.Cut(inner, "://"); ok && hasInner {
			r.note(nullScheme(strings.TrimSuffix(outer, ":")))
			s = inner
		}
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if isAuthority := scheme == "" || strings.ContainsAny(scheme, ".:/?#@"); !ok || isAuthority && !likeScheme(scheme) {
		return r.looseScheme(s)
	}
	if lower := strings.ToLower(scheme); lower != scheme {
		r.note(upperCase(scheme))
		scheme = lower
	}
	return r.mapScheme(scheme), rest
}

// mapScheme replaces schemes that never stand in an origin where it is clear
// what is meant.
func (r *repair) mapScheme(scheme string) string {
	to := map[string]string{"ws": "http", "wss": "https", "*": "https", "http*": "https", "https*": "https"}[scheme]
	if to == "" {
		return scheme
	}
	r.note(checkScheme(scheme))
	return to
}

func likeScheme(s string) bool {
	return isScheme(strings.Trim(strings.ToLower(s), "*")) || s == "*"
}

// looseScheme splits a text without "://" after a scheme.
func (r *repair) looseScheme(s string) (scheme, rest string) {
	for _, name := range slices.Concat([]string{"https", "http", "wss", "ws"}, appSchemes, nullSchemes) {
		after, ok := cutPrefixFold(s, name)
		if !ok || !missesSlashes(name, after) {
			continue
		}
		r.note(malformed(fmt.Sprintf("A colon and two slashes follow the scheme, as in %s://app.example.com.", name), "There is no %q after the scheme of %q", "://", s))
		return r.mapScheme(name), strings.TrimLeft(after, ":;/\\")
	}
	r.note(noScheme(s))
	rest = strings.TrimLeft(strings.TrimPrefix(s, "://"), "/")
	return likelyScheme(rest), rest
}

// missesSlashes reports whether after, what follows name, makes name a scheme
// rather than a host.
func missesSlashes(name, after string) bool {
	if after == "" || !strings.ContainsRune(":;/\\", rune(after[0])) {
		return false
	}
	rest := strings.TrimLeft(after, ":;/\\")
	isPort := rest == "*" || rest != "" && isDigits(rest)
	return !isPort && (after[0] == ':' || isHTTP(name))
}

// likelyScheme is the scheme that a text without one most likely means.
func likelyScheme(rest string) string {
	if i := strings.IndexAny(rest, "/?#\\"); i >= 0 {
		rest = rest[:i]
	}
	host, port, _ := cutPort(rest)
	p, err := parse("http://" + strings.ToLower(host))
	if port == "80" || err == nil && p.Loopback() {
		return "http"
	}
	return "https"
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
