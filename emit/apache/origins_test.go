package apache_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/internal/conformance"
)

// manyOrigins returns n origins of every shape: short and long, many that start
// or end alike, wildcards, other schemes, addresses.
func manyOrigins(n int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	random := func(alphabet string, n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte(alphabet[r.IntN(len(alphabet))])
		}
		return b.String()
	}
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	all := make([]string, 0, n)
	for i := range n {
		switch i % 20 {
		case 0:
			all = append(all, fmt.Sprintf("https://*.tenant-%d.example.com", i))
		case 1:
			all = append(all, fmt.Sprintf("https://**.t%d.example.net", i))
		case 2:
			all = append(all, fmt.Sprintf("https://pr-{digits}-%s.preview.example.org:*", random(letters, 4)))
		case 3:
			all = append(all, "chrome-extension://"+random("ABCDabcd", 20))
		case 4:
			all = append(all, fmt.Sprintf("http://[2001:db8::%x]:%d", i%0xffff+1, 1024+i%60000))
		case 5:
			all = append(all, "https://"+strings.Repeat(random(letters, 40)+".", 5)+"example.com")
		default:
			all = append(all, "https://"+random(letters, 3+r.IntN(20))+".example.com")
		}
	}
	return all
}

// example returns an origin that the entry matches.
func example(entry string) string {
	return strings.NewReplacer("**", "a.b-c", "{digits}", "42", ":*", ":8080", "*", "x_y").Replace(entry)
}

// nearMisses returns values that differ from an origin by little.
func nearMisses(r *rand.Rand, o string) []string {
	at := r.IntN(len(o))
	return []string{
		o[:at] + "!" + o[at+1:],
		o[:at] + o[at+1:],
		o[:at] + string("a1.-:")[r.IntN(5):][:1] + o[at:],
		o + "x", o[:len(o)-1], "x" + o, strings.ToUpper(o), o + "." + o,
	}
}

// allows returns what the reference answers to an actual request with an origin.
func allows(e *eval.Evaluator, o string) string {
	for _, f := range e.Decide("GET", []eval.Field{{Name: "Origin", Value: o}}).Set {
		if f.Name == "Access-Control-Allow-Origin" {
			return f.Value
		}
	}
	return ""
}

// A hundred thousand origins start and answer as the reference does.
func TestManyOrigins(t *testing.T) {
	t.Parallel()
	s := settings{origins: manyOrigins(100_000), methods: []string{"GET"}, maxAge: -1, status: 204}
	began := time.Now()
	p := compiled(t, s)
	t.Logf("compiled after %v", time.Since(began))
	content := printed(t, p)
	t.Logf("printed after %v: %d bytes, %d SetEnvIf lines", time.Since(began), len(content), strings.Count(content, "SetEnvIf Origin"))

	a := conformance.NewApache(t)
	a.WriteFile(t, "app.vhost.conf", content)
	a.Hosts = []string{"Include app.vhost.conf\nErrorDocument 404 x"}
	addr := a.Start(t)[0]
	t.Logf("started after %v", time.Since(began))

	e := evaluator(p)
	c := dial(t, addr)
	r := rand.New(rand.NewPCG(3, 4))
	allowed := 0
	for range 60 {
		o := example(s.origins[r.IntN(len(s.origins))])
		for _, o := range append(nearMisses(r, o), o) {
			want := allows(e, o)
			if want != "" {
				allowed++
			}
			if got := c.ask(t, "GET", "/", "Origin: "+o).header.Get("Access-Control-Allow-Origin"); got != want {
				t.Errorf("%s is answered with %q, want %q", o, got, want)
			}
		}
	}
	if allowed < 60 {
		t.Errorf("%d requests were allowed, want at least 60", allowed)
	}
	t.Logf("asked after %v, %d allowed", time.Since(began), allowed)
}

// Origins that are prefixes of each other would nest groups deeper than PCRE
// takes.
func TestNestedOrigins(t *testing.T) {
	t.Parallel()
	var nested []string
	for n := range 400 {
		nested = append(nested, "chrome-extension://"+strings.Repeat("a", n+1))
	}
	p := compiled(t, settings{origins: nested, maxAge: -1, status: 204})
	u := conformance.StartUpstream(t)
	c := dial(t, conformance.StartApache(t, p, "", u.Addr)["app"])
	for n := range 410 {
		o, want := "chrome-extension://"+strings.Repeat("a", n), ""
		if 0 < n && n <= len(nested) {
			want = o
		}
		if got := c.ask(t, "GET", "/", "Origin: "+o).header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s is answered with %q, want %q", o, got, want)
		}
	}
}

// A hostile value costs no more than a few times what a short one does.
func TestHostileValues(t *testing.T) {
	t.Parallel()
	entries := []string{"https://app.example.com"}
	for i := range 1000 {
		entries = append(entries, fmt.Sprintf("https://**.t%d.example.com", i), fmt.Sprintf("https://*-pr.p%d.example.com:*", i))
	}
	p := compiled(t, settings{origins: entries, methods: []string{"*"}, headers: []string{"*"}, credentials: true, maxAge: -1, status: 204})
	u := conformance.StartUpstream(t)
	c := dial(t, conformance.StartApache(t, p, "", u.Addr)["app"])
	e := evaluator(p)
	for _, o := range []string{
		"https://" + strings.Repeat("a.", 240) + "t3.example.co", "https://" + strings.Repeat("a-pr.", 96) + "p3.example.com",
		"https://" + strings.Repeat("-pr", 150) + ".p3.example.com:0", "https://" + strings.Repeat("a", 8000), "https://" + strings.Repeat("a.", 4000),
	} {
		began := time.Now()
		got := c.ask(t, "GET", "/", "Origin: "+o).header.Get("Access-Control-Allow-Origin")
		if took := time.Since(began); got != allows(e, o) || took > time.Second {
			t.Errorf("%.40s… is answered with %q after %v", o, got, took)
		}
	}
	for _, h := range []string{
		strings.Repeat("a,", 4000) + ";", strings.Repeat("a,", 1999) + "a;", strings.Repeat("a \t ,", 780) + "a\"", strings.Repeat(" ", 8000) + ";",
		"a" + strings.Repeat(" ", 3990) + "b", strings.Repeat("a", 8100), "a" + strings.Repeat(",", 3990),
	} {
		began := time.Now()
		got := c.ask(t, "OPTIONS", "/", "Origin: https://app.example.com", "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: "+h)
		if took := time.Since(began); got.status != 204 || got.header.Get("Access-Control-Allow-Headers") != "" || took > time.Second {
			t.Errorf("%.40s… is answered with %v after %v", h, got, took)
		}
	}
}
