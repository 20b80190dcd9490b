package nginx_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/origin"
)

// large returns a program of one policy with n entries that form(i) gives.
func large(tb testing.TB, n int, form func(i int) string) *ir.Program {
	tb.Helper()
	p := compiled(tb, settings{name: "app", origins: []string{"https://first.example"}})
	patterns := make([]ir.Pattern, n)
	for i := range patterns {
		parsed, err := origin.Parse(form(i))
		if err != nil {
			tb.Fatal(err)
		}
		patterns[i].Pattern = parsed
	}
	p.Policies[0].Variants[0].Origins.Patterns = patterns
	return p
}

var scale = []struct {
	name string
	n    int
	form string
	hit  string // "" where the form is an origin
}{
	{"origins", 100_000, "https://tenant-%06d.example.com", ""},
	{"long origins", 100_000, "https://tenant-%06d.a-long-name-of-a-host.with-several-labels.example.com", ""},
	{"long heads", 100_000, "https://a-long-name-of-a-host-in-front-of.tenant-%06d.with-several-labels.example.com", ""},
	{"stars", 100_000, "https://*.tenant-%06d.example.com", "https://x-y.tenant-%06d.example.com"},
	{"long stars", 20_000, "https://*.tenant-%06d.a-long-name-of-a-host.with-several-labels.example.com", "https://x.tenant-%06d.a-long-name-of-a-host.with-several-labels.example.com"},
	{"patterns", 1_500, "https://pr-{digits}.tenant-%06d.example.com", "https://pr-1.tenant-%06d.example.com"},
	{"capitals", 1_500, "app://Tenant-%06d.a-long-name-of-a-host.with-several-labels", ""},
}

// TestScale starts nginx with many origins, and asks it for some of them and for
// what is close to them.
func TestScale(t *testing.T) {
	for _, test := range scale {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.hit == "" {
				test.hit = test.form
			}
			p := large(t, test.n, func(i int) string { return fmt.Sprintf(test.form, i) })
			u := conformance.StartUpstream(t)
			start := time.Now()
			addr := conformance.StartNginx(t, p, "", u.Addr)["app"]
			t.Logf("nginx started in %v", time.Since(start))
			for range 50 {
				i := rand.IntN(test.n)
				hit := fmt.Sprintf(test.hit, i)
				ask(t, addr, hit, true)
				for _, miss := range near(hit) {
					ask(t, addr, miss, false)
				}
				ask(t, addr, fmt.Sprintf(test.hit, test.n+i), false)
			}
			ask(t, addr, fmt.Sprintf(test.hit, 0), true)
			ask(t, addr, fmt.Sprintf(test.hit, test.n-1), true)
		})
	}
}

// near returns origins that differ a little from o.
func near(o string) []string {
	at := strings.LastIndex(o, "tenant-")
	if at < 0 {
		at = strings.LastIndex(o, "Tenant-")
	}
	head, tail := o[:min(46, len(o))], o[min(46, len(o)):]
	return []string{
		o[1:], o + "m", o[:len(o)-1], o + ":1", strings.Replace(o, "enant-", "enant-0", 1), strings.ToUpper(o),
		strings.Replace(o, "enant-", "Enant-", 1), o[:at] + "x" + o[at+1:], tail, "1 " + tail, "0 " + tail, "x" + head[1:] + o, o + " ",
	}
}

func ask(t *testing.T, addr, o string, want bool) {
	t.Helper()
	_, header := get(t, addr, "/", "Origin: "+o)
	wanted := ""
	if want {
		wanted = o
	}
	if got := header.Get("Access-Control-Allow-Origin"); got != wanted && strings.TrimSpace(o) == o {
		t.Errorf("%s: Access-Control-Allow-Origin is %q, want %q", o, got, wanted)
	}
}

// TestHostileHeaders measures that no header value takes nginx long.
func TestHostileHeaders(t *testing.T) {
	p := compiled(t, matrix[4], settings{name: "deep", origins: []string{"https://**.example.com", "https://**.a.example.org", "https://*.*.*.*.example.net"}})
	dir := conformance.WriteNginx(t, p, emit.Options{})
	addrs := conformance.RunNginx(t, dir, 2, func(addrs []string) string {
		return fmt.Sprintf("include cors/http.conf; server { include cors/reflect.server.conf; listen %s; } server { include cors/deep.server.conf; listen %s; }", addrs[0], addrs[1])
	})
	const method = "Access-Control-Request-Method: "
	lists := [][]string{
		{method + strings.Repeat("P", 7900)},
		{method + strings.Repeat("P", 7900) + "("},
		{method + "P", "Access-Control-Request-Headers: " + strings.Repeat("a,", 3900)},
		{method + "P", "Access-Control-Request-Headers: " + strings.Repeat("a ,", 1300) + "("},
		{method + "P", "Access-Control-Request-Headers: a" + strings.Repeat(" ", 7800) + "b"},
		{method + "P", "Access-Control-Request-Headers: a" + strings.Repeat(" \t", 1990) + "b"},
		{method + "P", "Access-Control-Request-Headers: " + strings.Repeat(",", 7800)},
	}
	for _, o := range []string{"https://a.example.org", "https://" + strings.Repeat("a.", 3900), "https://" + strings.Repeat("a.", 250), "https://" + strings.Repeat("a", 500) + ".example.con"} {
		for _, lines := range lists {
			for _, addr := range addrs {
				text := "OPTIONS / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nOrigin: " + o + "\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n"
				took := time.Hour
				for range 8 { // the machine may be busy
					start := time.Now()
					raw(t, addr, "OPTIONS", text)
					took = min(took, time.Since(start))
				}
				if took > 5*time.Millisecond {
					t.Errorf("%.40q %.40q takes %v", o, lines, took)
				} else if testing.Verbose() {
					t.Logf("%.40q %.70q takes %v", o, lines, took)
				}
			}
		}
	}
}

// costly are policies that are large in ways that make regular expressions slow.
var costly = []struct {
	name string
	n    int
	form func(i int) string
}{
	{"none", 0, nil},
	{"deep and wild", 600, func(i int) string { return fmt.Sprintf("https://**.*-a%d.example.com", i) }},
	{"deep and wild, one length", 600, func(i int) string { return fmt.Sprintf("https://**.*-a.b%03d.example.com", i) }},
	{"deep and wild twice", 600, func(i int) string { return fmt.Sprintf("https://**.*-a.*%03d.example.com", i) }},
	{"deep, long tails", 600, func(i int) string { return fmt.Sprintf("https://**.a.a.a.a.a.a.a.a.a.*-a.b%03d.example.com", i) }},
	{"deep, all tails", 600, func(i int) string {
		return "https://**." + strings.Repeat("a.", i%8) + fmt.Sprintf("*-%03d.b.example", i)
	}},
	{"deep", 20_000, func(i int) string { return fmt.Sprintf("https://**.a%d.example.com", i) }},
	{"starts", 5_000, func(i int) string { return fmt.Sprintf("https://a%d-*.example.com", i) }},
	{"ends", 5_000, func(i int) string { return fmt.Sprintf("https://*-a%d.example.com", i) }},
	{"ends of all lengths", 1_000, func(i int) string { return fmt.Sprintf("https://*%s%d.example.com", strings.Repeat("-", i%50), i) }},
	{"digits", 20_000, func(i int) string { return fmt.Sprintf("https://a{digits}.b%d.example.com", i) }},
	{"ports", 5_000, func(i int) string { return fmt.Sprintf("https://*.a%d.example.com:*", i) }},
	{"capitals", 5_000, func(i int) string { return fmt.Sprintf("app://A%d", i) }},
}

// crafted are origins of nearly 512 bytes.
func crafted() []string {
	var all []string
	for _, part := range []string{"a.", "-.", "a", "-", "-a.", "x-a.", "-a", "1", "a1-", "aaaaaaaaaaaa-a.", "a-a.b.", "a.a-a.", strings.Repeat("a", 60) + "."} {
		for _, end := range []string{".example.com", "-a.b599.example.com", "", ".a.b.example.com:0"} {
			all = append(all, "https://"+strings.TrimRight(strings.Repeat(part, 480/len(part)), ".")+end)
		}
	}
	return append(all, "app://A"+strings.Repeat("a", 480), "app://AX", "https://a1-x.example.com", "https://x.example.org")
}

// TestCost bounds what a request costs, whatever the policy and its origin.
func TestCost(t *testing.T) {
	const requests, most = 50, 1500 * time.Microsecond // on a busy machine; a tenth of that was measured on an idle one
	for _, test := range costly {
		t.Run(test.name, func(t *testing.T) {
			p := compiled(t, settings{name: "app", origins: []string{"https://first.example"}})
			if test.n > 0 {
				p = large(t, test.n, test.form)
			}
			addr := conformance.StartNginx(t, p, "", "127.0.0.1:1")["app"]
			var worst time.Duration
			var by string
			for _, o := range crafted() {
				batch := slices.Repeat([]string{o}, requests)
				took := time.Hour
				for range 3 {
					start := time.Now()
					decideBatch(t, addr, batch)
					took = min(took, time.Since(start)/requests)
				}
				if took > worst {
					worst, by = took, o
				}
			}
			t.Logf("at most %v, for %.60s…", worst, by)
			if worst > most {
				t.Errorf("%q takes %v", by, worst)
			}
		})
	}
}
