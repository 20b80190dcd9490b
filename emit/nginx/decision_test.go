package nginx_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/origin"
)

// TestDecisions makes up patterns and origins that nearly match them, and
// demands the decisions of the reference.
func TestDecisions(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 1))
			texts := randomPatterns(r, []int{5, 13, 21, 45, 150, 600}[seed])
			p := compiled(t, settings{name: "app", origins: texts})
			reference := eval.New(&p.Policies[0].Variants[0])
			var origins []string
			for range 3000 {
				origins = append(origins, randomOrigin(r, texts[r.IntN(len(texts))]))
			}
			u := conformance.StartUpstream(t)
			allowed := 0
			for i, got := range decide(t, conformance.StartNginx(t, p, "", u.Addr)["app"], origins) {
				want := reference.Decide("OPTIONS", []eval.Field{{Name: "Origin", Value: origins[i]}, {Name: "Access-Control-Request-Method", Value: "PUT"}}).Allowed
				if got != want {
					t.Errorf("%q is allowed: %t, want %t", origins[i], got, want)
				}
				if want {
					allowed++
				}
			}
			if allowed < 200 || allowed > 2800 {
				t.Errorf("%d of 3000 origins are allowed, which tests little", allowed)
			}
		})
	}
}

func randomPatterns(r *rand.Rand, n int) []string {
	pick := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	long := "a-long-name-of-a-host.with-several-labels."
	var texts []string
	for len(texts) < n {
		text := pick("https://", "http://", "https://") + pick("", "", "**.", "*.", "*.", "a.", "pr-*.", "v{digits}.", "*-x.", "a.*.", "**.*-x.", "**.a*b.", "**.v{digits}1.", "x-*-x.*.", "v{digits}1.") +
			pick("", "b.", "c.b.", "d.c.b.a.d.c.b.a.", fmt.Sprint("t", r.IntN(30), "."), fmt.Sprint("t", r.IntN(30), "*."), long, long+long) + pick("example.com", "example.org", "e-x.net") + pick("", "", ":8443", ":*")
		if r.IntN(8) == 0 {
			text = "app://" + pick("Host", "host", "HOST", strings.Repeat("host", 12), strings.Repeat("Host", 12)) + pick("a", "b", "C")
		}
		if _, err := origin.Parse(text); err == nil && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// randomOrigin returns a member of a pattern, most often changed a little.
func randomOrigin(r *rand.Rand, pattern string) string {
	pick := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	o := strings.Replace(pattern, "**.", pick("a.", "a.b.", "x-1._.", ".", ""), 1)
	o = strings.Replace(o, ":*", pick("", ":1", ":65535", ":0", ":012", ":123456", ":"), 1)
	o = strings.ReplaceAll(o, "*", pick("a", "b", "x-1", "-x", "_", "A", "a.b", "", "*", strings.Repeat("z", 470)))
	o = strings.ReplaceAll(o, "{digits}", pick("1", "007", "11", "x", "", "1a"))
	if at := r.IntN(len(o)); r.IntN(3) == 0 {
		o = o[:at] + pick("a", ".", "-", "A", ":", "", "\xe9", " ", "*", "/") + o[at+r.IntN(2):]
	}
	return strings.TrimSpace(o)
}

// decide sends a preflight for every origin, 100 on a connection, and reports
// which are allowed.
func decide(t *testing.T, addr string, origins []string) []bool {
	t.Helper()
	var allowed []bool
	for batch := range slices.Chunk(origins, 100) {
		allowed = append(allowed, decideBatch(t, addr, batch)...)
	}
	return allowed
}

func decideBatch(t *testing.T, addr string, origins []string) []bool {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	var text strings.Builder
	for _, o := range origins {
		fmt.Fprintf(&text, "OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: %s\r\nAccess-Control-Request-Method: PUT\r\n\r\n", o)
	}
	if _, err := io.WriteString(conn, text.String()); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(conn)
	var allowed []bool
	for _, o := range origins {
		response, err := http.ReadResponse(reader, &http.Request{Method: "OPTIONS"})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		got := response.Header.Get("Access-Control-Allow-Origin")
		if got != "" && got != o {
			t.Errorf("%q is answered with %q", o, got)
		}
		allowed = append(allowed, got == o)
	}
	return allowed
}
