// Package verify asks a deployed server whether it answers as a policy says. It
// sends a small set of requests, none of which changes anything (GET, HEAD and
// OPTIONS), to the one host it is told, and follows no redirect and no proxy.
package verify

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/ir"
)

// MaxRequests is the most requests that Run sends.
const MaxRequests = 70

// MaxRate is the highest rate of requests, in one second.
const MaxRate = 1000

// Target is a server and what it promises. It must not change while Run runs.
type Target struct {
	URL      *url.URL // absolute, http or https, from ParseURL
	Variant  *ir.Variant
	Policy   string       // names the policy in sentences: `policy "app" in "production"`
	Site     *ir.Site     // nil: the policy is for the whole host
	Headers  []eval.Field // go with every request but preflights, which browsers send bare; values are never shown
	Insecure bool         // TLS certificates are not checked
	Rate     int          // requests a second, 1 to MaxRate
	// Run is part of the query of every request, so that what a cache has kept of
	// an earlier run is not taken for an answer. It holds letters and digits.
	Run string
	// Timeout is how long one answer may take; 10 s if it is 0.
	Timeout time.Duration
}

// Result is what became of the requests.
type Result struct {
	Findings diag.List // sorted
	Requests int       // sent
	// Status and Location are those of the answer to a GET from an allowed origin.
	Status   int
	Location string
}

// ParseURL reads the URL of a server, whose path is the one that requests go to.
// An error says what to write instead.
func ParseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("write the whole URL of the server, such as https://api.example.com/things")
	case u.User != nil:
		return nil, errors.New("a browser sends no name and password with the URL of a fetch(); leave them out and write --header 'Authorization: …'")
	case u.Fragment != "":
		return nil, errors.New("no server sees the part of a URL from # on; leave it out")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	if path, ok := eval.NormalPath(u.EscapedPath()); !ok || path != u.Path {
		return nil, fmt.Errorf("which policy answers is promised for paths in normal form only: without %%2F and empty, \".\" or \"..\" segments, not %s", u.EscapedPath())
	}
	return u, nil
}

// Run asks the server and compares. An error says that the server gave no answer
// to the first request; later ones without an answer are findings, and the third
// ends the run.
func Run(ctx context.Context, t Target) (*Result, error) {
	a := newAsker(ctx, &t)
	p := newPlanner(&t)
	a.ask(p.probes())
	if page := a.page(); page != nil {
		a.ask(p.conditional(page))
	}
	if err := a.exchanges[0].err; err != nil {
		return nil, fmt.Errorf("%s gives no answer: %w", t.URL.Host, err)
	}
	result := &Result{Requests: len(a.exchanges), Findings: judge(p, a.exchanges)}
	if page := a.page(); page != nil {
		result.Status, result.Location = page.status, t.shown(page.header.Get("Location"))
	}
	return result, nil
}
