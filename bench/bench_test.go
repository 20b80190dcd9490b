package main

import (
	"net/http"
	"os/exec"
	"testing"
)

// BenchmarkCORS has a name for each part, so that benchstat can put the
// implementations side by side: benchstat -col /impl FILE.
func BenchmarkCORS(b *testing.B) {
	each(b, func(b *testing.B, s *scenario, on surface, i implementation) {
		h, err := s.prepare(i, on)
		if err != nil {
			b.Fatal(err)
		}
		if h == nil {
			b.Skip("cannot express the policy")
		}
		s.measure(b, h, on)
	})
}

func TestAnswers(t *testing.T) {
	each(t, func(t *testing.T, s *scenario, on surface, i implementation) {
		if _, err := s.prepare(i, on); err != nil {
			t.Error(err)
		}
	})
}

// each runs f for each combination as a test or benchmark of its own.
func each[T interface {
	*testing.T | *testing.B
	Run(string, func(T)) bool
}](t T, f func(T, *scenario, surface, implementation)) {
	for _, on := range surfaces {
		for _, s := range scenarios {
			for _, i := range implementations {
				t.Run("writer="+on.name+"/scenario="+s.name+"/impl="+i.name, func(t T) { f(t, s, on, i) })
			}
		}
	}
}

// TestCheck shows that an answer without a policy, and one that allows every
// origin, are noticed.
func TestCheck(t *testing.T) {
	open := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		writesBody(w, r)
	})
	for _, s := range scenarios {
		if err := s.checkRounds(open, surfaces[0]); err == nil {
			t.Errorf("%s: an answer for every origin passes", s.name)
		}
		if err := s.checkRounds(s.handler, surfaces[0]); err == nil && s.verdict != refused {
			t.Errorf("%s: an answer without CORS passes", s.name)
		}
	}
}

// TestGenerated checks that what is measured is what corsgen prints now.
// A cached result does not notice that corsgen has changed: use -count=1.
func TestGenerated(t *testing.T) {
	out, err := exec.Command("go", "tool", "corsgen", "generate", "--check", "policies/few.cors.hcl").CombinedOutput()
	if err != nil {
		t.Errorf("run go generate: %v\n%s", err, out)
	}
}
