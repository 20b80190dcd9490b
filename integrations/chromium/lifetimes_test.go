package chromium

import (
	"fmt"
	"testing"
	"time"

	"github.com/corsgen/corsgen/browser"
)

// TestLifetimes plays answers to preflights that browsers keep for a while. They
// are few at a time, so that "at once" is less than five seconds on a busy machine.
func TestLifetimes(t *testing.T) { play(t, lifetimes()) }

// lifetimes are values of Access-Control-Max-Age: a preflight, and another request
// after a while.
func lifetimes() []*scenario {
	again := func(name string, wait time.Duration, first, second browser.Request, lines ...string) *scenario {
		preflight := answer(204, append([]string{acao + page, acac + "true"}, lines...)...)
		return &scenario{name: name, steps: []step{{request: first}, {request: second, wait: wait}}, server: answers(preflight, answer(200, acao+page, acac+"true"))}
	}
	var all []*scenario
	for _, v := range []string{
		"600", "0", "-1", "-600", "", " 600 ", "+600", "600s", "6e2", "600.0", "600, 600", "600;", "0600", "0x10", "\"600\"", "abc", "\xb2", "99999999999", "9223372036854775807", "9223372036854775808", "99999999999999999999999", "86400", "00", "-0",
	} {
		all = append(all,
			again(fmt.Sprintf("ACMA %q, at once", v), 0, put(), put(), acam+"PUT", acma+v),
			again(fmt.Sprintf("ACMA %q, after 5.5 s", v), 5500*time.Millisecond, put(), put(), acam+"PUT", acma+v))
	}
	withCredentials := put("X-A")
	withCredentials.Credentials = browser.Include
	rich := []string{acam + "PUT, DELETE", acah + "X-A, X-B", acma + "600"}
	return append(all,
		again("ACMA twice", 5500*time.Millisecond, put(), put(), acam+"PUT", acma+"600", acma+"600"),
		again("no ACMA, at once", 0, put(), put(), acam+"PUT"),
		again("no ACMA, after 5.5 s", 5500*time.Millisecond, put(), put(), acam+"PUT"),
		again("ACMA, another method of the list", 0, put("X-A"), browser.Request{Method: "DELETE"}, rich...),
		again("ACMA, a method that is not listed", 0, put("X-A"), browser.Request{Method: "PATCH"}, rich...),
		again("ACMA, another header of the list", 0, put("X-A"), put("X-B"), rich...),
		again("ACMA, a header that is not listed", 0, put("X-A"), put("X-C"), rich...),
		again("ACMA, then a simple header", 0, put("X-A"), browser.Request{Headers: fields("X-A")}, rich...),
		again("ACMA, with credentials after without", 0, put("X-A"), withCredentials, rich...),
		again("ACMA, without credentials after with", 0, withCredentials, put("X-A"), rich...),
		again("ACMA, wildcards", 0, put("X-A"), browser.Request{Method: "DELETE", Headers: fields("X-Z")}, acam+"*", acah+"*", acma+"600"),
		again("ACMA, wildcards and Authorization", 0, put("X-A"), put("Authorization"), acam+"*", acah+"*", acma+"600"),
		again("ACMA, another URL", 0, put("X-A"), browser.Request{Method: "PUT", Headers: fields("X-A"), URL: "https://h1.api.example.com/others?{id}"}, rich...),
		again("ACMA of a safelisted method", 0, browser.Request{Headers: fields("X-A")}, browser.Request{Method: "POST", Headers: fields("X-A")}, rich...),
	)
}
