package chromium

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/browser"
)

// TestRandom plays requests and answers that are put together at random. The
// environment variables CORSGEN_RANDOM and CORSGEN_SEED say how many, and which.
func TestRandom(t *testing.T) {
	count, err := strconv.Atoi(cmp.Or(os.Getenv("CORSGEN_RANDOM"), "300"))
	if err != nil {
		t.Fatalf("CORSGEN_RANDOM is a number of scenarios here: %v", err)
	}
	seed, err := strconv.ParseUint(cmp.Or(os.Getenv("CORSGEN_SEED"), "1"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	d := dice{rand.New(rand.NewPCG(seed, 0))}
	var all []*scenario
	for i := range count {
		r := d.request()
		pre, end := d.answer(), d.answer()
		all = append(all, one(fmt.Sprintf("random %d: %+v %+v %+v", i, r, pre, end), r, answers(pre, end)))
	}
	play(t, all)
}

// dice makes things up. Most of what it makes is nearly right.
type dice struct{ *rand.Rand }

func (d dice) pick(of ...string) string { return of[d.IntN(len(of))] }

func (d dice) request() browser.Request {
	r := browser.Request{
		Method:      d.pick("GET", "GET", "POST", "PUT", "put", "DELETE", "PATCH", "patch", "HEAD", "OPTIONS", "M-SEARCH", "a!b"),
		Credentials: browser.Credentials(d.pick("omit", "same-origin", "include")),
		Mode:        browser.Mode(d.pick("cors", "cors", "cors", "cors", "cors", "cors", "no-cors")),
	}
	seen := map[string]bool{}
	for range d.IntN(4) {
		h := browser.Header{Name: d.pick("X-A", "x-b", "X-C", "Accept", "Content-Type", "Content-Language", "Accept-Language", "Range", "Sec-A", "If-Match", "Origin"), Value: d.value()}
		if name := strings.ToLower(h.Name); !seen[name] { // "Two lines of Content-Type" and "Authorization under *" are listed
			r.Headers, seen[name] = append(r.Headers, h), true
		}
	}
	return r
}

func (d dice) value() string {
	if d.IntN(4) > 0 {
		return d.pick("1", "text/plain", "application/json", "en", "*", "bytes=1-2", "bytes=0-", "text/plain;charset=utf-8", "a, b", "")
	}
	b := make([]byte, d.IntN(140))
	for i := range b {
		b[i] = byte(' ' + d.IntN(95))
	}
	return string(b)
}

func (d dice) answer() browser.Response {
	status, _ := strconv.Atoi(d.pick("200", "200", "200", "204", "204", "201", "304", "401", "403", "404", "300"))
	lines := []string{"X-A: 1", "X-B: 2", "ETag: \"1\"", "Cache-Control: no-store"}
	add := func(name string, values ...string) {
		if d.IntN(12) == 0 {
			return
		}
		lines = append(lines, name+d.mutate(d.pick(values...)))
		if d.IntN(15) == 0 {
			lines = append(lines, name+d.mutate(d.pick(values...)))
		}
	}
	add(acao, page, page, page, "*", "null", page+"/", "https://b.example")
	add(acac, "true", "true", "false", "")
	add(acam, "PUT, DELETE, PATCH", "*", "PUT,patch", "GET", "M-SEARCH, a!b, DELETE")
	add(acah, "X-A, X-B, X-C, Content-Type", "*", "*, Authorization", "x-a,authorization,accept,range,if-match", "accept-language, content-language, x-c, x-b, content-type, x-a")
	add(aceh, "X-A", "*", "x-b, etag", "")
	add(acma, "600", "0")
	return answer(status, lines...)
}

// mutate changes a value a little, now and then.
func (d dice) mutate(value string) string {
	if d.IntN(6) > 0 {
		return value
	}
	at := d.IntN(len(value) + 1)
	return value[:at] + d.pick(" ", ",", ", ", "\t", "\"", ";", "\\", "*", "/", "\xe9", "a", ":", "(", "=") + value[at:]
}
