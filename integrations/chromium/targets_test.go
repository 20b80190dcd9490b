package chromium

import (
	_ "embed"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
	"github.com/corsgen/corsgen/ir"
)

//go:embed policies.hcl
var policies string

// TestTargets plays requests from several pages to every policy and site, on every
// target, and compares what becomes of them with the model and the reference.
func TestTargets(t *testing.T) {
	conformance.Require(t, "chromium", "chromium") // before servers are started for nothing
	program := conformance.Compile(t, policies)
	behind := httptest.NewServer(http.HandlerFunc(serveUpstream))
	defer behind.Close()
	var all []*scenario
	for _, target := range []struct {
		name  string
		start conformance.Start
	}{{"go", conformance.StartGo}, {"nginx", conformance.StartNginx}, {"apache", conformance.StartApache}} {
		addrs := target.start(t, program, "", behind.Listener.Addr().String())
		for _, name := range conformance.ServerNames(program) {
			all = append(all, targetScenarios(program, target.name, name, addrs[name])...)
		}
	}
	t.Logf("%d scenarios", len(all))
	play(t, all)
}

var pages = []string{page, "https://pr-7.preview.example.com", "null", "http://localhost:3000", "https://b.example"}

// fromAll is how many of the requests are made from all pages; the others are made
// from the first one.
const fromAll = 8

// asked is what scripts ask of every policy.
var asked = []struct {
	path string
	xhr  bool
	ask  browser.Request
}{
	{path: "/things"},
	{path: "/things", ask: browser.Request{Credentials: browser.Include}},
	{path: "/things", xhr: true, ask: browser.Request{Credentials: browser.Include}},
	{path: "/things", ask: browser.Request{Method: "put", Credentials: browser.Include, Headers: []browser.Header{{Name: "Content-Type", Value: "application/json"}}}},
	{path: "/things", xhr: true, ask: browser.Request{Method: "PUT"}},
	{path: "/status/500"},
	{path: "/app/things", ask: browser.Request{Method: "PATCH", Credentials: browser.Include}},
	{path: "/guarded/things", ask: browser.Request{Method: "POST"}},

	{path: "/things", ask: browser.Request{Mode: browser.NoCORS}},
	{path: "/things", ask: browser.Request{Method: "HEAD"}},
	{path: "/things", ask: browser.Request{Method: "POST", Headers: []browser.Header{{Name: "Content-Type", Value: "application/json"}}}},
	{path: "/things", ask: browser.Request{Method: "patch"}},
	{path: "/things", ask: browser.Request{Method: "DELETE", Credentials: browser.Include}},
	{path: "/things", ask: browser.Request{Headers: fields("Authorization")}},
	{path: "/things", ask: browser.Request{Headers: fields("X-B", "X-A"), Credentials: browser.Include}},
	{path: "/status/304"},
	{path: "/status/401"},
	{path: "/dead"},
	{path: "/redirect"},
}

func targetScenarios(p *ir.Program, target, name, addr string) []*scenario {
	var all []*scenario
	for i, a := range asked {
		for k, page := range pages {
			if k > 0 && i >= fromAll {
				continue
			}
			r := a.ask
			r.Origin, r.URL = page, fmt.Sprintf("https://%s%d.api.example.com%s?{id}", target, i%4, a.path)
			all = append(all, &scenario{
				name: fmt.Sprintf("%s, %s: %s from %s", target, name, describe(a.ask, a.path), page),
				xhr:  a.xhr, steps: []step{{request: r}}, server: reference(p, name), addr: addr,
			})
		}
	}
	return all
}

// describe says what is asked: "GET include /things with authorization".
func describe(r browser.Request, path string) string {
	text := orElse(r.Method, "GET") + " "
	if r.Credentials != "" {
		text += string(r.Credentials) + " "
	}
	text += path
	for _, h := range r.Headers {
		text += " with " + strings.ToLower(h.Name)
	}
	return text
}

// reference answers as package eval decides, in front of the upstream.
func reference(p *ir.Program, name string) browser.Server {
	return func(m browser.Message) (browser.Response, bool) {
		u, err := url.Parse(m.URL)
		if err != nil {
			return browser.Response{}, false
		}
		d := decide(p, name, u, m)
		r := browser.Response{Status: d.Status}
		if d.Status == 0 {
			r = upstream(u)
			r.Headers = slices.DeleteFunc(r.Headers, func(h browser.Header) bool {
				return slices.ContainsFunc(d.Delete, func(n string) bool { return strings.EqualFold(n, h.Name) })
			})
		}
		r.Headers = append(r.Headers, d.Set...)
		if len(d.Vary) > 0 {
			r.Headers = append(r.Headers, browser.Header{Name: "Vary", Value: strings.Join(d.Vary, ", ")})
		}
		return r, true
	}
}

func decide(p *ir.Program, name string, u *url.URL, m browser.Message) eval.Decision {
	e := golden.Exchange{Policy: name, Request: golden.Request{Target: u.RequestURI()}}
	if slices.ContainsFunc(p.Sites, func(s ir.Site) bool { return s.Name == name }) {
		e.Policy, e.Site = "", name
	}
	chosen := conformance.PolicyOf(p, e)
	for i := range p.Policies {
		if p.Policies[i].Name == chosen {
			v, _ := p.Policies[i].Variant("")
			return eval.New(v).Decide(m.Method, m.Headers)
		}
	}
	return eval.Untouched(m.Method, m.Headers)
}

// upstream is what the upstream answers. It has CORS headers of its own, which the
// policy takes away.
func upstream(u *url.URL) browser.Response {
	r := browser.Response{Status: 200, Headers: []browser.Header{
		{Name: "X-Request-Id", Value: "7"},
		{Name: "ETag", Value: `"1"`},
		{Name: "X-Internal", Value: "1"},
		{Name: "Set-Cookie", Value: "a=b"},
		{Name: "Cache-Control", Value: "no-store"},
		{Name: "Access-Control-Allow-Origin", Value: "https://b.example"},
		{Name: "Access-Control-Allow-Credentials", Value: "true"},
		{Name: "Access-Control-Expose-Headers", Value: "*"},
	}}
	switch dir, base := path.Split(u.Path); {
	case base == "dead":
		return browser.Response{Status: 502}
	case base == "redirect":
		r.Status = 302
		r.Headers = append(r.Headers, browser.Header{Name: "Location", Value: "/things?" + u.RawQuery})
	case dir == "/status/":
		r.Status, _ = strconv.Atoi(base)
	}
	return r
}

func serveUpstream(w http.ResponseWriter, r *http.Request) {
	answer := upstream(r.URL)
	if answer.Status == 502 {
		panic(http.ErrAbortHandler) // the connection ends
	}
	for _, h := range answer.Headers {
		w.Header().Add(h.Name, h.Value)
	}
	w.WriteHeader(answer.Status)
}

// ownFields are headers that servers add.
var ownFields = []string{"accept-ranges", "connection", "content-length", "content-type", "date", "keep-alive", "server", "transfer-encoding"}

// withoutOwn leaves out what servers add.
func withoutOwn(s sight) sight {
	s.Steps = slices.Clone(s.Steps)
	for i := range s.Steps {
		s.Steps[i].Readable = slices.DeleteFunc(slices.Clone(s.Steps[i].Readable), func(n string) bool { return slices.Contains(ownFields, n) })
	}
	return s
}

// recorded answers as a server under test has.
func recorded(exchanges []browser.Exchange) browser.Server {
	return func(browser.Message) (browser.Response, bool) {
		if len(exchanges) == 0 || exchanges[0].Response == nil {
			return browser.Response{}, false
		}
		r := *exchanges[0].Response
		exchanges = exchanges[1:]
		return r, true
	}
}
