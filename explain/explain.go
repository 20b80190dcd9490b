// Package explain puts what a browser does into words: the cause in one line,
// the fix in the next, and then both exchanges, the step that decided, the line
// of the policy, and what Chrome's console says.
package explain

import (
	"time"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/browser/reason"
	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/ir"
)

// Explanation is why a browser allows or blocks a request.
type Explanation struct {
	Reason  reason.Reason
	Cause   string           // one sentence
	Fix     string           // one sentence; "" if there is nothing to mend
	Outcome *browser.Outcome // nil where only a message of the console is known
	Console string           // what the console says; "" if nothing of CORS
	Browser string           // whose console it is
	Policy  string           // who answered, as in `policy "app" in "production"`; "" for a server
	Place   diag.Range       // of the policy's attribute that decided; zero if none did
}

// Answerer is what answers in place of a server: a policy in one environment,
// or a site on a path for which it has none.
type Answerer struct {
	Policy    *ir.Policy      // nil: the site has no route for the path
	Variant   *ir.Variant     // of Policy
	Evaluator *eval.Evaluator // of Variant
	Site      *ir.Site        // nil: a policy was asked for by its name
	Path      string          // that a site is asked for, as it goes over the wire; starts with "/"
}

// host is where the policies of a program are imagined to be; otherHost is for
// pages of its origin, which would not need them.
const (
	host      = "https://api.example"
	otherHost = "https://server.example"
)

// Fetch lets a page make a request of the answerer, whatever its URL is. An error
// says what in it no script can ask for.
func (a *Answerer) Fetch(r browser.Request) (*browser.Outcome, error) {
	r.URL = host
	if r.Origin == host {
		r.URL = otherHost
	}
	r.URL += a.Path
	server := browser.Plain
	if a.Policy != nil {
		server = browser.Answers(a.Evaluator)
	}
	o, err := browser.Fetch(r, server, nil, time.Time{})
	if err == nil && o.Reason == reason.AllowOriginMissing {
		o.Reason = reason.OriginNotAllowed
		if a.Policy == nil {
			o.Reason = reason.NoPolicy
		}
	}
	return o, err
}

// Explain puts an outcome of Fetch into words.
func (a *Answerer) Explain(o *browser.Outcome) *Explanation {
	e := &Explanation{Reason: o.Reason, Outcome: o, Console: o.Console(), Browser: browser.Chrome, Policy: a.String()}
	q := asked{a, o}
	e.Cause, e.Fix = q.words()
	e.Place = q.place()
	return e
}

// String names the answerer: `policy "app" in "production"`.
func (a *Answerer) String() string {
	switch {
	case a.Policy == nil:
		return `site "` + a.Site.Name + `"`
	case a.Variant.Environment == "":
		return `policy "` + a.Policy.Name + `"`
	default:
		return `policy "` + a.Policy.Name + `" in "` + a.Variant.Environment + `"`
	}
}

// Outcome explains what became of a request to a server of which only the
// answers are known.
func Outcome(o *browser.Outcome) *Explanation {
	f := facts{
		reason: o.Reason, subject: o.Subject, atPreflight: o.AtPreflight, origin: o.Request.Origin,
		credentials: o.Request.Credentials, browser: browser.Chrome,
	}
	if n := len(o.Exchanges); n > 0 {
		f.answer = o.Exchanges[n-1].Response
		f.redirected = o.Exchanges[0].Request.URL != o.Exchanges[n-1].Request.URL
		f.origin = sentOrigin(o.Exchanges[n-1].Request, f.origin)
	}
	return f.explanation(o, o.Console())
}

// sentOrigin returns the Origin that was sent: after redirects it may be "null".
func sentOrigin(m browser.Message, page string) string {
	for _, h := range m.Headers {
		if h.Name == "Origin" {
			return h.Value
		}
	}
	return page
}

// Complaint explains a message of a browser's console.
func Complaint(c browser.Complaint, text string) *Explanation {
	f := facts{reason: c.Reason, subject: c.Subject, atPreflight: c.AtPreflight, origin: c.Origin, browser: c.Browser}
	if c.Status > 0 {
		f.answer = &browser.Response{Status: c.Status}
	}
	return f.explanation(nil, text)
}

func (f *facts) explanation(o *browser.Outcome, console string) *Explanation {
	cause, fix := f.words()
	return &Explanation{Reason: f.reason, Cause: cause, Fix: fix, Outcome: o, Console: console, Browser: f.browser}
}
