package browser_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/browser/reason"
)

// hops is a server that answers each URL with a redirect to the next, or with
// 200. It allows every origin, and what a preflight asks for.
func hops(status int, next map[string]string) browser.Server {
	return func(m browser.Message) (browser.Response, bool) {
		r := browser.Response{Status: 200}
		for _, h := range m.Headers {
			switch h.Name {
			case "Origin":
				r.Headers = append(r.Headers, browser.Header{Name: "Access-Control-Allow-Origin", Value: h.Value})
			case "Access-Control-Request-Method":
				r.Headers = append(r.Headers, browser.Header{Name: "Access-Control-Allow-Methods", Value: h.Value})
			case "Access-Control-Request-Headers":
				r.Headers = append(r.Headers, browser.Header{Name: "Access-Control-Allow-Headers", Value: h.Value})
			}
		}
		if to := next[m.URL]; to != "" && m.Method != "OPTIONS" {
			r.Status = status
			r.Headers = append(r.Headers, browser.Header{Name: "Location", Value: to})
		}
		return r, true
	}
}

// trace puts what was sent into lines: method, URL, Origin, and the script's
// headers by name.
func trace(o *browser.Outcome) []string {
	var lines []string
	for _, e := range o.Exchanges {
		origin, names := "-", ""
		for _, h := range e.Request.Headers {
			switch {
			case h.Name == "Origin":
				origin = h.Value
			case !e.Preflight:
				names += " " + h.Name
			}
		}
		lines = append(lines, e.Request.Method+" "+e.Request.URL+" "+origin+names)
	}
	return lines
}

func TestRedirects(t *testing.T) {
	const own, a, b = page + "/", "https://a.example/", "https://b.example/"
	auth := []browser.Header{{Name: "Authorization", Value: "x"}, {Name: "Content-Type", Value: "text/plain"}}
	tests := []struct {
		name   string
		status int
		input  browser.Request
		next   map[string]string
		want   []string
		reason reason.Reason
	}{
		{
			"from the page's origin to another: the origin stays", 302,
			browser.Request{URL: own},
			map[string]string{own: a},
			[]string{"GET " + own + " -", "GET " + a + " " + page},
			reason.CORS,
		},
		{
			"from another origin to a third: the origin is null", 302,
			browser.Request{URL: a},
			map[string]string{a: b},
			[]string{"GET " + a + " " + page, "GET " + b + " null"},
			reason.CORS,
		},
		{
			"from another origin back: the origin is null, and CORS goes on", 302,
			browser.Request{URL: a},
			map[string]string{a: own},
			[]string{"GET " + a + " " + page, "GET " + own + " null"},
			reason.CORS,
		},
		{
			"within another origin: the origin stays", 302,
			browser.Request{URL: a},
			map[string]string{a: "/x"},
			[]string{"GET " + a + " " + page, "GET " + a + "x " + page},
			reason.CORS,
		},
		{
			"a POST becomes a GET, and Authorization stays behind", 301,
			browser.Request{URL: own, Method: "POST", Headers: auth},
			map[string]string{own: a},
			[]string{"POST " + own + " " + page + " Authorization Content-Type", "GET " + a + " " + page},
			reason.CORS,
		},
		{
			"307 keeps the method, and asks for it again", 307,
			browser.Request{URL: a, Method: "PUT"},
			map[string]string{a: b},
			[]string{"OPTIONS " + a + " " + page, "PUT " + a + " " + page, "OPTIONS " + b + " null", "PUT " + b + " null"},
			reason.CORS,
		},
		{
			"303 makes a PUT a GET", 303,
			browser.Request{URL: a, Method: "PUT"},
			map[string]string{a: a + "x"},
			[]string{"OPTIONS " + a + " " + page, "PUT " + a + " " + page, "GET " + a + "x " + page},
			reason.CORS,
		},
		{
			"to a password", 302,
			browser.Request{URL: a},
			map[string]string{a: "https://me:secret@a.example/x"},
			[]string{"GET " + a + " " + page},
			reason.RedirectCredentials,
		},
		{
			"to a user at home", 302,
			browser.Request{URL: own},
			map[string]string{own: "https://me@app.example.com/x"},
			[]string{"GET " + own + " -", "GET " + own + "x -"},
			reason.SameOrigin,
		},
		{
			"to another scheme", 302,
			browser.Request{URL: a},
			map[string]string{a: "data:text/plain,x"},
			[]string{"GET " + a + " " + page},
			reason.RedirectLocation,
		},
		{
			"mode same-origin", 302,
			browser.Request{URL: own, Mode: browser.SameOriginOnly},
			map[string]string{own: a},
			[]string{"GET " + own + " -"},
			reason.SameOriginMode,
		},
		{
			"mode no-cors", 302,
			browser.Request{URL: a, Mode: browser.NoCORS},
			map[string]string{a: own},
			[]string{"GET " + a + " -", "GET " + own + " -"},
			reason.Opaque,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := fetch(t, tt.input, hops(tt.status, tt.next))
			if d := cmp.Diff(tt.want, trace(o)); d != "" || o.Reason != tt.reason {
				t.Errorf("%s %s", o.Reason, d)
			}
			if strings.Contains(o.Subject+o.Console(), "secret") {
				t.Error("the password is shown")
			}
		})
	}
}

func TestRedirectLimit(t *testing.T) {
	const a = "https://a.example/"
	o := fetch(t, browser.Request{URL: a}, hops(302, map[string]string{a: a}))
	if o.Reason != reason.RedirectLimit || len(o.Exchanges) != 21 {
		t.Error(o.Reason, len(o.Exchanges))
	}
}
