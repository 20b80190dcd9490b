package chromium

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/browser/reason"
)

// page is where scenarios are played if they do not say otherwise.
const page = "https://app.example.com"

// scenario is what a script does, step by step, and what answers it. The text
// {id} in URLs and answers stands for the id of the scenario.
type scenario struct {
	name   string
	xhr    bool // by XMLHttpRequest; otherwise by fetch()
	steps  []step
	server browser.Server // what the model asks; Chromium too, if addr is ""
	addr   string         // of a server under test

	id string
}

type step struct {
	request browser.Request
	wait    time.Duration // before the request
}

// number gives scenarios their ids, and fills in what they leave out.
func number(scenarios []*scenario) {
	for i, s := range scenarios {
		s.id = fmt.Sprintf("s%d", i)
		for k := range s.steps {
			r := &s.steps[k].request
			if r.Origin == "" {
				r.Origin = page
			}
			if r.URL == "" {
				r.URL = fmt.Sprintf("https://h%d.api.example.com/things?{id}", i%16)
			}
			if r.Method == "" {
				r.Method = "GET"
			}
			r.URL = strings.ReplaceAll(r.URL, "{id}", s.id)
		}
	}
}

// sameSite reports whether the page and the hosts that it asks are of one site:
// whether cookies go along elsewhere is not up to CORS alone.
func (s *scenario) sameSite() bool { return s.steps[0].request.Origin == page }

// observation is what is compared of a step.
type observation struct {
	Reason   reason.Reason // as the model says
	Allowed  bool
	Type     string
	Status   int
	Readable []string
	Console  string
}

// sight is what is compared of a scenario.
type sight struct {
	Steps     []observation
	Exchanges []string // as lines, in order
}

// expect is what the model says of a scenario in which server answers.
func expect(t *testing.T, s *scenario, server browser.Server) sight {
	t.Helper()
	var all sight
	var cache browser.Cache
	now := time.Now()
	for _, step := range s.steps {
		now = now.Add(step.wait)
		o, err := browser.Fetch(step.request, server, &cache, now)
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		all.Steps = append(all.Steps, foreseen(o, s.xhr))
		for _, e := range o.Exchanges {
			all.Exchanges = append(all.Exchanges, line(e, s))
		}
	}
	return all
}

func foreseen(o *browser.Outcome, xhr bool) observation {
	seen := observation{Reason: o.Reason, Allowed: o.Allowed(), Readable: o.Readable, Console: anyHeader(o.Console(), o.Request)}
	if xhr {
		seen.Console = ofXHR(seen.Console)
	}
	if seen.Allowed && !xhr {
		seen.Type = map[string]string{"same-origin": "basic", "cors": "cors", "opaque": "opaque"}[string(o.Reason)]
	}
	if seen.Allowed && seen.Type != "opaque" {
		seen.Status = o.Exchanges[len(o.Exchanges)-1].Response.Status
	}
	return seen
}

var refusedHeader = regexp.MustCompile(`Request header field \S+ is not allowed`)

// anyHeader takes out of a message which header is not allowed, where there are
// several: Chromium comes by them in any order.
func anyHeader(text string, r browser.Request) string {
	if len(r.Headers) < 2 {
		return text
	}
	return refusedHeader.ReplaceAllString(text, "Request header field … is not allowed")
}

// ofXHR returns what the console says where XMLHttpRequest asks in place of fetch().
func ofXHR(text string) string {
	text = strings.Replace(text, "Access to fetch", "Access to XMLHttpRequest", 1)
	text = strings.TrimSuffix(text, " Have the server send the header with a valid value.")
	if strings.HasSuffix(text, "credentials mode is 'include'.") {
		text += " The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute."
	}
	return text
}

// line returns an exchange as it is compared: with the headers that the model
// knows of.
func line(e browser.Exchange, s *scenario) string {
	known := map[string]bool{"origin": true, "access-control-request-method": true, "access-control-request-headers": true}
	preflight := e.Request.Method == "OPTIONS" && has(e.Request.Headers, "Access-Control-Request-Method")
	if preflight {
		known["accept"] = true
	} else {
		for _, step := range s.steps {
			for _, h := range step.request.Headers {
				known[strings.ToLower(h.Name)] = !browser.IsForbiddenHeader(h) && step.request.Mode != browser.NoCORS
			}
		}
	}
	values := map[string][]string{}
	for _, h := range e.Request.Headers {
		if name := strings.ToLower(h.Name); known[name] {
			values[name] = append(values[name], h.Value)
		}
	}
	b := e.Request.Method + " " + e.Request.URL
	for _, name := range slices.Sorted(maps.Keys(values)) {
		b += fmt.Sprintf(" %s:%q", name, strings.Join(values[name], ", "))
	}
	if e.Credentials && s.sameSite() {
		b += " with credentials"
	}
	return b
}

func has(headers []browser.Header, name string) bool {
	return slices.ContainsFunc(headers, func(h browser.Header) bool { return strings.EqualFold(h.Name, name) })
}

// observe is what Chromium did in a scenario.
func observe(s *scenario, results []result, f *front, c *chromium) sight {
	var all sight
	for _, r := range results {
		o := observation{Allowed: r.Error == "", Type: r.Type, Status: r.Status, Readable: r.Headers}
		if strings.HasPrefix(r.Error, "TypeError: Failed to execute") {
			o.Console = r.Error
		}
		all.Steps = append(all.Steps, o)
	}
	blocked := 0
	for i, text := range complaints(c.said(s.id)) {
		for blocked < len(all.Steps)-1 && (all.Steps[blocked].Allowed || all.Steps[blocked].Console != "") {
			blocked++
		}
		step := min(blocked+i, len(all.Steps)-1)
		all.Steps[step].Console += anyHeader(text, s.steps[step].request)
	}
	for _, e := range f.exchanges(s.id) {
		all.Exchanges = append(all.Exchanges, line(e, s))
	}
	return all
}

// complaints leaves out what the console says of the network.
func complaints(said []string) []string {
	return slices.DeleteFunc(said, func(s string) bool { return strings.HasPrefix(s, "Failed to load resource") })
}

// play plays scenarios and compares what happens with the model.
func play(t *testing.T, scenarios []*scenario) {
	t.Helper()
	number(scenarios)
	f := startFront(t, scenarios)
	c := startChromium(t, f)
	byOrigin := map[string][]*scenario{}
	for _, s := range scenarios {
		o := s.steps[0].request.Origin
		byOrigin[o] = append(byOrigin[o], s)
	}
	for _, o := range slices.Sorted(maps.Keys(byOrigin)) {
		for batch := range slices.Chunk(byOrigin[o], 500) { // of thousands at a time a browser drops some
			results := c.run(t, o, batch)
			time.Sleep(200 * time.Millisecond) // the console follows
			for i, s := range batch {
				compare(t, s, observe(s, results[i], f, c), f.exchanges(s.id))
			}
		}
	}
}

// compare demands of a scenario with played answers that Chromium does what the
// model does; of one with a server under test, that it does what the model does
// with the answers of the reference, and with those of the server.
func compare(t *testing.T, s *scenario, got sight, exchanges []browser.Exchange) {
	t.Helper()
	model := expect(t, s, s.server)
	d := differences(model, got)
	if s.addr != "" {
		d = append(differences(withoutOwn(model), withoutOwn(got)), differences(expect(t, s, recorded(exchanges)), got)...)
	}
	recognised(t, s.name, model, got)
	switch {
	case len(d) == 0:
		demandDifference(t, s.name)
	case !explained(s.name, d):
		t.Errorf("%s:\n\t%s", s.name, strings.Join(d, "\n\t"))
	}
}

// recognised demands that ParseConsole reads in what the console says why the
// model blocks.
func recognised(t *testing.T, name string, model, got sight) {
	t.Helper()
	for i, step := range got.Steps {
		if step.Console == "" {
			continue
		}
		c, ok := browser.ParseConsole(step.Console)
		same := c.Reason == model.Steps[i].Reason || model.Steps[i].Reason == reason.AuthorizationNotCovered && c.Reason == reason.HeaderNotAllowed
		if !ok || step.Console == model.Steps[i].Console && !same {
			t.Errorf("%s: %v %+v is read in %s", name, ok, c, step.Console)
		}
	}
}

// differences lists what Chromium does otherwise than the model.
func differences(model, chromium sight) []string {
	var all []string
	note := func(what string, model, chromium any) {
		if !cmp.Equal(model, chromium, cmpopts.EquateEmpty()) {
			all = append(all, fmt.Sprintf("%s\n\t\tmodel    %v\n\t\tChromium %v", what, model, chromium))
		}
	}
	for i, m := range model.Steps {
		c := chromium.Steps[i]
		note("allowed", m.Allowed, c.Allowed)
		note("type", m.Type, c.Type)
		note("status", m.Status, c.Status)
		note("readable headers", m.Readable, c.Readable)
		note("console", m.Console, c.Console)
	}
	note("exchanges", model.Exchanges, chromium.Exchanges)
	return all
}
