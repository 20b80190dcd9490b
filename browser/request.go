package browser

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/origin"
)

// fill sets defaults, normalizes the request as the constructor of Request does
// (https://fetch.spec.whatwg.org/#dom-request), and returns its URL. An error
// says what is malformed.
func (r *Request) fill() (*url.URL, error) {
	if r.Method == "" {
		r.Method = "GET"
	}
	if r.Mode == "" {
		r.Mode = CORS
	}
	if r.Credentials == "" {
		r.Credentials = SameOrigin
	}
	r.Method = NormalizeMethod(r.Method)
	if err := r.check(); err != nil {
		return nil, err
	}
	headers := make([]Header, len(r.Headers))
	for i, h := range r.Headers {
		headers[i] = Header{Name: h.Name, Value: strings.Trim(h.Value, httpSpace)}
		if !ir.IsToken(h.Name) {
			return nil, fmt.Errorf("the header name %q is not a token", h.Name)
		}
		if strings.ContainsAny(headers[i].Value, "\r\n\x00") {
			return nil, fmt.Errorf("the value of %s holds a line break or NUL", h.Name)
		}
	}
	r.Headers = headers
	return parseURL(r.URL)
}

func (r *Request) check() error {
	switch {
	case !ir.IsToken(r.Method):
		return fmt.Errorf("the method %q is not a token", r.Method)
	case !slices.Contains(Modes(), string(r.Mode)):
		return fmt.Errorf("there is no mode %q; write %s", r.Mode, strings.Join(Modes(), ", "))
	case !slices.Contains(CredentialsModes(), string(r.Credentials)):
		return fmt.Errorf("there is no credentials mode %q; write %s", r.Credentials, strings.Join(CredentialsModes(), ", "))
	}
	return CheckOrigin(r.Origin)
}

// CheckOrigin reports a text that no browser sends as the origin of a page, and
// says what it would send.
func CheckOrigin(text string) error {
	p, err := origin.Parse(text)
	if err != nil {
		return err
	}
	if !p.Exact() {
		return fmt.Errorf("%q is a pattern; a page has one origin, such as %s", text, p.Example())
	}
	return nil
}
