package conformance

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// Probe is a request, and which of the answer's headers matters.
type Probe struct {
	Method, Path, Origin string
	Fields               []string // more lines, such as "Access-Control-Request-Method: PUT"
	Show                 string   // a header; Access-Control-Allow-Origin if empty
	Scheme               string   // http if empty
}

// At returns the probe at another path.
func (p Probe) At(path string) Probe { p.Path = path; return p }

// From returns the probe from another origin.
func (p Probe) From(origin string) Probe { p.Origin = origin; return p }

// With returns the probe with more lines.
func (p Probe) With(fields ...string) Probe {
	p.Fields = slices.Concat(p.Fields, fields)
	return p
}

// Showing returns the probe of another header.
func (p Probe) Showing(name string) Probe { p.Show = name; return p }

// TLS returns the probe over TLS.
func (p Probe) TLS() Probe { p.Scheme = "https"; return p }

var probing = &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}

// Send sends the probe to a server and returns the status and the values of the header,
// such as "200 [*]", or "no answer".
func (p Probe) Send(tb testing.TB, addr string) string {
	tb.Helper()
	r, err := http.NewRequest(p.Method, fmt.Sprintf("%s://%s%s", cmp.Or(p.Scheme, "http"), addr, p.Path), nil)
	if err != nil {
		tb.Fatal(err)
	}
	r.Host = "localhost"
	r.Header.Set("Origin", p.Origin)
	for _, f := range p.Fields {
		name, value, _ := strings.Cut(f, ": ")
		r.Header.Set(name, value)
	}
	response, err := probing.RoundTrip(r)
	if err != nil {
		return "no answer"
	}
	defer response.Body.Close()
	return fmt.Sprintf("%d %v", response.StatusCode, response.Header.Values(cmp.Or(p.Show, "Access-Control-Allow-Origin")))
}
