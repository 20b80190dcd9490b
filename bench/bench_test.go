package main

import (
	"net/http"
	"os/exec"
	"testing"
)

// BenchmarkCORS has a name for each part, so that benchstat can put the
// implementations side by side: benchstat -col /impl FILE.
func BenchmarkCORS(b *testing.B) {
	each(b, func(b *testing.B, s *scenario, w writer, i implementation) {
		h, err := s.prepare(i, w)
		if err != nil {
			b.Fatal(err)
		}
		if h == nil {
			b.Skip("cannot express the policy")
		}
		s.measure(b, h, w)
	})
}

func TestAnswers(t *testing.T) {
	each(t, func(t *testing.T, s *scenario, w writer, i implementation) {
		if _, err := s.prepare(i, w); err != nil {
			t.Error(err)
		}
	})
}

// each runs f for each combination as a test or benchmark of its own.
func each[T interface {
	*testing.T | *testing.B
	Run(string, func(T)) bool
}](t T, f func(T, *scenario, writer, implementation)) {
	for _, w := range writers {
		for _, s := range scenarios {
			for _, i := range implementations {
				t.Run("writer="+w.name+"/scenario="+s.name+"/impl="+i.name, func(t T) { f(t, s, w, i) })
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
		if err := s.checkRounds(open, writers[0].start()); err == nil {
			t.Errorf("%s: an answer for every origin passes", s.name)
		}
		if err := s.checkRounds(s.handler, writers[0].start()); err == nil && s.verdict != refused {
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
