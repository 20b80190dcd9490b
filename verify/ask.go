package verify

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/corsgen/corsgen/eval"
)

// The limits of one answer.
const (
	timeout   = 10 * time.Second
	maxHeader = 64 << 10
	// So much of a body is looked at for whether it breaks off.
	maxBody  = 64 << 10
	bodyTime = 500 * time.Millisecond
)

// maxUnanswered is how many requests may go without an answer before a run ends.
const maxUnanswered = 3

// exchange is a request and its answer.
type exchange struct {
	probe
	status int
	header http.Header
	err    error // there is no answer that a browser could use
}

// asker sends requests one after the other.
type asker struct {
	*Target
	ctx        context.Context
	transport  *http.Transport
	next       time.Time // the earliest time of the next request
	exchanges  []*exchange
	unanswered int
}

func newAsker(ctx context.Context, t *Target) *asker {
	return &asker{Target: t, ctx: ctx, transport: &http.Transport{
		Proxy:                  nil, // a proxy may answer in place of the server
		TLSClientConfig:        &tls.Config{InsecureSkipVerify: t.Insecure},
		ForceAttemptHTTP2:      true,
		DisableKeepAlives:      true, // on a kept one a request may be sent twice
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
	}}
}

// ask sends requests and keeps the answers, until too many have none.
func (a *asker) ask(probes []probe) {
	for _, p := range probes {
		if a.unanswered == maxUnanswered || len(a.exchanges) > 0 && a.exchanges[0].err != nil {
			return
		}
		a.exchange(p)
	}
}

func (a *asker) exchange(p probe) {
	x := &exchange{probe: p}
	a.exchanges = append(a.exchanges, x)
	if x.err = a.wait(); x.err == nil {
		x.err = a.send(x)
	}
	if x.err != nil {
		a.unanswered++
	}
}

// wait keeps to the rate.
func (a *asker) wait() error {
	timer := time.NewTimer(time.Until(a.next))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-a.ctx.Done():
		return a.ctx.Err()
	}
	a.next = time.Now().Add(time.Second / time.Duration(max(a.Rate, 1)))
	return nil
}

func (a *asker) send(x *exchange) error {
	limit := a.Timeout
	if limit == 0 {
		limit = timeout
	}
	ctx, cancel := context.WithTimeout(a.ctx, limit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, x.method, a.url(x.probe, a.Run), nil)
	if err != nil {
		return err
	}
	request.Header.Set("User-Agent", "corsgen-verify")
	for _, f := range a.fields(x.probe) {
		request.Header.Add(f.Name, f.Value)
	}
	response, err := a.transport.RoundTrip(request) // and no redirect is followed
	if err != nil {
		return a.unusable(ctx, err)
	}
	defer response.Body.Close()
	x.status, x.header = response.StatusCode, response.Header
	if x.status == http.StatusSwitchingProtocols {
		return nil // what follows is no body
	}
	defer time.AfterFunc(bodyTime, cancel).Stop()
	_, err = io.CopyN(io.Discard, response.Body, maxBody)
	if err != nil && !errors.Is(err, io.EOF) && ctx.Err() == nil {
		return a.unusable(ctx, err)
	}
	return nil
}

// unusable says why there is no answer. What the server has sent may be in the
// error, and may repeat a token.
func (a *asker) unusable(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errors.New("it takes too long")
	}
	text := a.shown(err.Error())
	if failed := (*tls.CertificateVerificationError)(nil); errors.As(err, &failed) {
		text += "; with --insecure certificates are not checked"
	}
	return errors.New(text)
}

// fields returns the header lines of a request. Browsers send preflights without
// what the script sets, and without credentials
// (https://fetch.spec.whatwg.org/#cors-preflight-fetch).
func (t *Target) fields(p probe) []eval.Field {
	if p.preflight() {
		return p.fields
	}
	return append(p.fields[:len(p.fields):len(p.fields)], t.Headers...)
}

// url returns the URL of a request, which has a query of its own: so a cache
// neither mixes up answers nor keeps one for visitors.
func (t *Target) url(p probe, run string) string {
	u := *t.URL
	u.Path, u.RawPath = p.path, ""
	key := "corsgen-verify=" + p.key
	if run != "" {
		key += "-" + run
	}
	if u.RawQuery != "" {
		key = u.RawQuery + "&" + key
	}
	u.RawQuery = key
	return u.String()
}

// page returns the answer to the first GET from an allowed origin, or nil.
func (a *asker) page() *exchange { return firstPage(a.exchanges) }

func firstPage(exchanges []*exchange) *exchange {
	for _, x := range exchanges {
		if x.err == nil && x.who == allowed && x.method == http.MethodGet && x.part == page {
			return x
		}
	}
	return nil
}
