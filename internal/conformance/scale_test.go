package conformance_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
)

// TestHundredThousandOrigins writes 100,000 origins into a policy and asks every
// server for a thousand of them and for a thousand that nearly are.
func TestHundredThousandOrigins(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	random := rand.New(rand.NewPCG(1, 2))
	origins := make([]string, 100_000)
	for i := range origins {
		origins[i] = fmt.Sprintf("https://%x.customer-%d.example.com", random.Uint64()>>random.IntN(60), i)
	}
	file := filepath.Join(t.TempDir(), "cors.hcl")
	text := "policy \"customers\" {\n  allow_origins = [\n    \"" + strings.Join(origins, "\",\n    \"") + "\",\n  ]\n  allow_credentials = true\n}\n"
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	program := load(t, file)
	evaluator := eval.New(&program.Policies[0].Variants[0])
	samples := make([]string, 0, 2000)
	for range 1000 {
		hit := origins[random.IntN(len(origins))]
		samples = append(samples, hit, nearMiss(random, hit))
	}
	for name, start := range map[string]conformance.Start{
		"go": conformance.StartGo, "nginx": conformance.StartNginx, "apache": conformance.StartApache,
	} {
		t.Run(name, func(t *testing.T) {
			upstream := conformance.StartUpstream(t)
			addr := start(t, program, "", upstream.Addr)["customers"]
			for _, o := range samples {
				request := golden.Request{Method: "OPTIONS", Target: "/", Fields: []golden.Field{
					{Name: "Origin", Value: o}, {Name: "Access-Control-Request-Method", Value: "PUT"},
				}}
				want := conformance.Evaluate(evaluator, request, nil)
				got, err := conformance.Send(addr, upstream, request, nil)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Fatalf("%s (-reference +server)\n%s", o, d)
				}
			}
		})
	}
}

// nearMiss changes one byte of an origin: replaces, drops or doubles it.
func nearMiss(random *rand.Rand, o string) string {
	i := random.IntN(len(o))
	switch random.IntN(3) {
	case 0:
		return o[:i] + string("abcxyz019.-:/AZ"[random.IntN(15)]) + o[i+1:]
	case 1:
		return o[:i] + o[i+1:]
	default:
		return o[:i] + o[i:i+1] + o[i:]
	}
}
