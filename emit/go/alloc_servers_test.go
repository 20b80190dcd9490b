package golang

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

// handSettings is the policy that byHand stands for.
var handSettings = settings{origins: []string{appOrigin}, credentials: true, expose: "X-B", methods: "PUT", maxAge: 600}

// byHand sets the headers that handSettings gives an allowed origin, with values
// that are ready.
func byHand(next http.Handler) http.Handler {
	ready := func(s string) []string { return []string{s} }
	origin, yes, expose, vary := ready(appOrigin), ready("true"), ready("X-B"), ready("Origin")
	methods, age, long := ready("PUT"), ready("600"), ready("Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Vary"] = vary
		if r.Header["Origin"] != nil {
			h["Access-Control-Allow-Origin"] = origin
			h["Access-Control-Allow-Credentials"] = yes
		}
		switch {
		case r.Method == http.MethodOptions:
			h["Access-Control-Allow-Methods"] = methods
			h["Access-Control-Max-Age"] = age
			h["Vary"] = long
			w.WriteHeader(http.StatusNoContent)
			return
		case r.Header["Origin"] != nil:
			h["Access-Control-Expose-Headers"] = expose
		}
		next.ServeHTTP(w, r)
	})
}

var handRequests = map[string]*http.Request{
	"non-CORS":  request("GET", http.Header{}),
	"actual":    request("GET", http.Header{"Origin": {appOrigin}}),
	"preflight": request("OPTIONS", http.Header{"Origin": {appOrigin}, "Access-Control-Request-Method": {"PUT"}}),
}

// On a server a request takes no more memory than if the same headers were set by
// hand.
func TestAllocsOnServers(t *testing.T) {
	for _, p := range protocols {
		for _, kind := range []string{"body", "flush", "headers"} {
			handler := costlessHandlers[kind]
			ours, hand := p.start(t, middleware(t, handSettings)(handler)), p.start(t, byHand(handler))
			for class, r := range handRequests {
				t.Run(p.name+"/"+kind+"/"+class, func(t *testing.T) {
					got, want := serverCost(t, ours, r), serverCost(t, hand, r)
					got.minus(want).check(t, 0.1, 8)
				})
			}
		}
	}
}

// serverCost is what a request takes, at both ends.
func serverCost(t *testing.T, s *httptest.Server, r *http.Request) cost {
	if s.TLS == nil && s.Client().Transport.(*http.Transport).Protocols == nil {
		return plainCost(t, s, r)
	}
	return measure(5, 40, func() {
		out := &http.Request{Method: r.Method, Header: r.Header, URL: mustParse(s.URL), Host: "x"}
		response, err := s.Client().Do(out)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		response.Body.Close()
	})
}

// plainCost is what a request over HTTP/1.1 takes, with a client that takes the
// same for the same response.
func plainCost(t *testing.T, s *httptest.Server, r *http.Request) cost {
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	return measure(5, 40, func() {
		if err := r.Write(conn); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(in, r)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
	})
}

func mustParse(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}
