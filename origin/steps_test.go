package origin

import (
	"fmt"
	"math"
	"testing"
)

// TestStepsAreFew counts the lookups that finding what covers each of 20,000
// entries takes. A comparison of each with each would take 20,000 times as many.
func TestStepsAreFew(t *testing.T) {
	const n, most = 20_000, 20
	for name, text := range map[string]func(i int) string{
		"exact":      func(i int) string { return fmt.Sprintf("https://a%d.example.com", i) },
		"duplicates": func(i int) string { return fmt.Sprintf("https://a%d.example.com", i%1000) },
		"covered": func(i int) string {
			return fmt.Sprintf("https://%s.b%d.example.com", []string{"*", "a", "a-*", "{digits}"}[i%4], i/4)
		},
		"trees":   func(i int) string { return fmt.Sprintf("https://**.t%d.example.com:*", i) },
		"tenants": func(i int) string { return fmt.Sprintf("https://pr-{digits}.%d-app.t%d.example.com", i%7, i) },
		"ports":   func(i int) string { return fmt.Sprintf("http://localhost:%d", 1024+i%60000) },
	} {
		ps := make([]Pattern, n)
		for i := range ps {
			ps[i] = mustParse(t, text(i))
		}
		set := NewSet(ps...)
		steps := 0
		for _, p := range ps {
			s := newSearch(set, p)
			s.steps = math.MaxInt
			s.run()
			steps += math.MaxInt - s.steps
		}
		if steps > most*n {
			t.Errorf("%s: %d steps for %d entries", name, steps, n)
		}
	}
}
