package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
)

// kinds are the kinds of requests, in the order of the tables.
var kinds = []string{"hit", "miss", "preflight", "no Origin"}

// request is a request as it is sent.
type request struct {
	kind, method string
	origin       string // "" for none
	text         []byte
}

// browser is what a browser sends with a request of fetch() beside the fields of
// CORS.
const browser = "Host: api.example.com\r\n" +
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36\r\n" +
	"Accept: */*\r\n" +
	"Accept-Language: en-GB,en;q=0.9\r\n" +
	"Accept-Encoding: gzip, deflate, br, zstd\r\n" +
	"Referer: https://app.example.com/\r\n" +
	"Sec-Fetch-Dest: empty\r\n" +
	"Sec-Fetch-Mode: cors\r\n" +
	"Sec-Fetch-Site: same-site\r\n"

// lean is the least that a request has.
const lean = "Host: api.example.com\r\n"

// requestsOf returns requests of a kind for a policy, with origins from anywhere
// in it, in no order that a processor could foresee.
func requestsOf(kind string, o *origins, fields string) []request {
	random := rand.New(rand.NewPCG(1, 2))
	all := make([]request, 512)
	for i := range all {
		r := request{kind: kind, method: "GET", origin: o.hits[random.IntN(len(o.hits))]}
		own := ""
		switch kind {
		case "miss":
			r.origin = near(r.origin, i)
		case "no Origin":
			r.origin = ""
		case "preflight":
			r.method = "OPTIONS"
			own = "Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: authorization,content-type\r\n"
		}
		if r.origin != "" {
			own += "Origin: " + r.origin + "\r\n"
		}
		r.text = fmt.Appendf(nil, "%s /things.json HTTP/1.1\r\n%s%s\r\n", r.method, fields, own)
		all[i] = r
	}
	return all
}

// near returns an origin that is not allowed: one that differs from an allowed
// one in its last letters, in its first, or another site, in turns.
func near(allowed string, i int) string {
	switch i % 3 {
	case 0:
		return allowed[:len(allowed)-3] + "con"
	case 1:
		scheme, host, _ := strings.Cut(allowed, "://")
		return scheme + "://9" + strings.ReplaceAll(host, ".", "-") + ".test"
	default:
		return "https://shop-042.example.net"
	}
}

// checkAnswer returns an error unless an answer has the headers that make a
// browser accept or refuse it.
func (v *variant) checkAnswer(r *request, response *http.Response) error {
	want := ""
	if v.cors && r.kind != "miss" {
		want = r.origin
	}
	if got := strings.Join(response.Header["Access-Control-Allow-Origin"], ", "); got != want {
		return fmt.Errorf("%s: status %d, Access-Control-Allow-Origin %q, not %q", v.name, response.StatusCode, got, want)
	}
	if r.kind != "preflight" {
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: status %d", v.name, response.StatusCode)
		}
		return nil
	}
	if v.cors && (response.StatusCode/100 != 2 || response.Header.Get("Access-Control-Allow-Methods") == "") {
		return fmt.Errorf("%s: a preflight has status %d, Access-Control-Allow-Methods %q", v.name, response.StatusCode, response.Header.Get("Access-Control-Allow-Methods"))
	}
	return nil
}
