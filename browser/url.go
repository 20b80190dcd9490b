package browser

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
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
