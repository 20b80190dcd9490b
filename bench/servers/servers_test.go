package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/corsgen/corsgen/internal/conformance"
)

// smoke is the least that is measured.
var smoke = options{slot: 2 * time.Millisecond, connections: 2, depth: 2, fields: browser}

func TestNginx(t *testing.T) {
	conformance.Require(t, "nginx", "nginx")
	variants, err := nginxVariants(nginxAnswer, []*origins{named("3 origins"), named("5 patterns")})
	if err != nil {
		t.Fatal(err)
	}
	testRound(t, newBlock("nginx", nginxServer, variants, ""))
}

func TestApache(t *testing.T) {
	conformance.Require(t, "apache", "apache2")
	variants, err := apacheVariants([]*origins{named("3 origins"), named("5 patterns")})
	if err != nil {
		t.Fatal(err)
	}
	testRound(t, newBlock("Apache", apacheServer, variants, ""))
}

// testRound measures every variant once, with the answers checked, and prints it.
func testRound(t *testing.T, b *block) {
	t.Helper()
	if err := b.round(smoke); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	b.print(&out)
	for i, v := range b.variants {
		s := b.samples[i]
		for _, kind := range kinds {
			if s.cpu[kind][0] <= 0 || s.rate[kind][0] <= 0 {
				t.Errorf("%s, %s: %v s of processor time a request, %v requests a second", v.name, kind, s.cpu[kind], s.rate[kind])
			}
		}
		if !strings.Contains(out.String(), "| "+v.name+" |") {
			t.Errorf("%s is not in the tables:\n%s", v.name, out.String())
		}
	}
}

// TestWrongAnswer shows that a server without the policy that it should have is
// noticed.
func TestWrongAnswer(t *testing.T) {
	conformance.Require(t, "nginx", "nginx")
	v := &variant{name: "wrong", cors: true, lines: "location / { " + nginxAnswer + " }\n"}
	err := newBlock("nginx", nginxServer, []*variant{v}, "").round(smoke)
	if err == nil || !strings.Contains(err.Error(), `Access-Control-Allow-Origin "", not "https://`) {
		t.Errorf("the error is %v", err)
	}
}

func TestCheckAnswer(t *testing.T) {
	allowed := http.Header{"Access-Control-Allow-Origin": {"https://app.example.com"}}
	for _, test := range []struct {
		kind   string
		status int
		header http.Header
		ok     bool
	}{
		{"hit", 200, allowed, true},
		{"hit", 200, nil, false},
		{"hit", 500, allowed, false},
		{"miss", 200, allowed, false},
		{"miss", 200, nil, true},
		{"preflight", 204, allowed, false}, // no methods
	} {
		v := &variant{cors: true}
		err := v.checkAnswer(&request{kind: test.kind, origin: "https://app.example.com"}, &http.Response{StatusCode: test.status, Header: test.header})
		if (err == nil) != test.ok {
			t.Errorf("%s, status %d, %v: %v", test.kind, test.status, test.header, err)
		}
	}
}

func TestRatios(t *testing.T) {
	const want = "1.50 ±0.50"
	if got := ratios([]float64{2, 3, 4, 5, 60}, []float64{1, 2, 4, 5, 6}); got != want {
		t.Errorf("the ratios are %s, want %s", got, want)
	}
}
