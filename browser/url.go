package browser

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// parseURL returns an http or https URL with its host in lower case, without
// default port and fragment, and with a path. What browsers would rewrite (names
// that are not ASCII) is an error: it is for the author to write it.
func parseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		var e *url.Error
		if errors.As(err, &e) {
			err = e.Err
		}
		return nil, fmt.Errorf("%q is not a URL: %w", s, err)
	}
	u = u.ResolveReference(u) // which takes out /./ and /../
	return u, normalize(u)
}

func normalize(u *url.URL) error {
	switch port := u.Port(); {
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("the URL %q is not http or https", u.Redacted())
	case u.Hostname() == "":
		return fmt.Errorf("the URL %q has no host", u.Redacted())
	case strings.ContainsFunc(u.Host, func(r rune) bool { return r >= 0x80 }):
		return fmt.Errorf("the host of %q is not ASCII; browsers send it in Punycode (xn--...)", u.Redacted())
	case port != "" && !isPort(port):
		return fmt.Errorf("the URL %q has no valid port", u.Redacted())
	}
	u.Host = strings.TrimSuffix(asciiLower(u.Host), map[string]string{"http": ":80", "https": ":443"}[u.Scheme])
	u.Host = strings.TrimSuffix(u.Host, ":")
	if u.Path == "" {
		u.Path = "/"
	}
	u.Fragment, u.RawFragment = "", ""
	return nil
}

// includesCredentials reports whether a URL holds a user name or a password
// (https://url.spec.whatwg.org/#include-credentials).
func includesCredentials(u *url.URL) bool {
	password, _ := u.User.Password()
	return u.User.Username() != "" || password != ""
}

func isPort(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n <= 65535 && isDigits(s)
}

// originOf returns the origin of a URL
// (https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin).
func originOf(u *url.URL) string { return u.Scheme + "://" + u.Host }

// isURL reports whether a browser can read a value as an absolute URL
// (https://url.spec.whatwg.org/#url-parsing). Chromium lets more characters pass
// in a host than the standard.
func isURL(value string) bool {
	value = strings.TrimFunc(value, func(r rune) bool { return r <= ' ' })
	value = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(value)
	scheme, rest, ok := strings.Cut(value, ":")
	if !ok || !isScheme(scheme) {
		return false
	}
	switch asciiLower(scheme) {
	case "http", "https", "ws", "wss", "ftp":
		return hasAuthority(strings.TrimLeft(rest, `/\`))
	default:
		return true
	}
}

var isScheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*$`).MatchString

// hasAuthority reports whether what follows the slashes starts with a host, and a
// valid port if there is one.
func hasAuthority(s string) bool {
	if i := strings.IndexAny(s, `/\?#`); i >= 0 {
		s = s[:i]
	}
	s = s[strings.LastIndexByte(s, '@')+1:]
	host, port := s, ""
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, ']') {
		host, port = s[:i], s[i+1:]
	}
	return isHost(host) && (port == "" || isPort(port))
}

func isHost(s string) bool {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		a, err := netip.ParseAddr(inner)
		return ok && err == nil && a.Is6() && a.Zone() == ""
	}
	s, err := url.PathUnescape(s)
	return err == nil && s != "" && utf8.ValidString(s) &&
		!strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || strings.ContainsRune(`#%/:<>?@[\]^|`, r) })
}
