package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
)

// scenario is a kind of request, and what is right for it.
type scenario struct {
	name     string
	policy   *policy
	requests []*http.Request // in turns
	handler  http.Handler
	verdict  verdict
}

// verdict says whether the answer must carry Access-Control-Allow-Origin.
type verdict string

const (
	allowed verdict = "allowed"
	refused verdict = "refused"
	// either is for a preflight that no browser sends: it may be refused, or its
	// nonsense left out of the answer.
	either verdict = "either"
)

var scenarios = []*scenario{
	{
		name: "preflight-1-origin", policy: one, handler: writesBody, verdict: allowed,
		requests: only(preflight(app, "authorization,content-type")),
	},
	{
		name: "preflight-credentials", policy: credentials, handler: writesBody, verdict: allowed,
		requests: only(preflight(app, "authorization,content-type")),
	},
	{
		name: "preflight-refused", policy: one, handler: writesBody, verdict: refused,
		requests: only(preflight("https://evil.example.net", "authorization,content-type")),
	},
	{
		name: "preflight-64KB-commas", policy: one, handler: writesBody, verdict: either,
		requests: only(preflight(app, strings.Repeat(",", 64<<10))),
	},
	{
		name: "actual-1-origin", policy: one, handler: writesBody, verdict: allowed,
		requests: only(request("GET", "Origin", app)),
	},
	{
		name: "actual-credentials-expose", policy: credentials, handler: writesBody, verdict: allowed,
		requests: only(request("GET", "Origin", app)),
	},
	{
		name: "actual-own-headers", policy: one, handler: setsHeaders, verdict: allowed,
		requests: only(request("GET", "Origin", app)),
	},
	{
		name: "actual-refused", policy: one, handler: writesBody, verdict: refused,
		requests: only(request("GET", "Origin", "https://evil.example.net")),
	},
	{
		name: "actual-8KB-origin", policy: one, handler: writesBody, verdict: refused,
		requests: only(request("GET", "Origin", "https://"+strings.Repeat("a.", 4<<10)+"example.com")),
	},
	{
		name: "non-CORS", policy: one, handler: writesBody, verdict: refused,
		requests: only(request("GET")),
	},
}

func only(r *http.Request) []*http.Request { return []*http.Request{r} }

// request returns a request with header fields, which are given as names and
// values in turn.
func request(method string, fields ...string) *http.Request {
	r := httptest.NewRequest(method, "https://api.example.com/things", nil)
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	return r
}

func preflight(origin, headers string) *http.Request {
	return request("OPTIONS", "Origin", origin,
		"Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", headers)
}

var body = []byte(`{"things":[]}`)

var (
	writesBody  = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(body) })
	setsHeaders = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Request-Id", "4711")
		w.Write(body)
	})
)
