package origin

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func parseAll(t testing.TB, texts ...string) []Pattern {
	ps := make([]Pattern, len(texts))
	for i, s := range texts {
		ps[i] = mustParse(t, s)
	}
	return ps
}

func TestReduce(t *testing.T) {
	for _, test := range []struct {
		in   []string
		want []int
	}{
		{nil, []int{}},
		{[]string{"https://a.example.com", "https://a.example.com"}, []int{0}},
		{[]string{"https://a.example.com", "https://*.example.com", "https://b.example.com"}, []int{1}},
		{[]string{"https://*.example.com", "https://*.example.com"}, []int{0}},
		{[]string{"https://*.example.com", "https://**.example.com", "https://example.com"}, []int{1, 2}},
		{[]string{"https://a-{digits}.example.com", "https://a-*.example.com", "https://*.example.com:*"}, []int{2}},
		{[]string{"http://127.0.0.1", "http://127.0.0.1:*", "http://127.0.0.1:8080", "http://[::1]"}, []int{1, 3}},
		{[]string{"null", "app://x", "null", "app://x", "app://X"}, []int{0, 1, 4}},
	} {
		if got := Reduce(parseAll(t, test.in...)); !slices.Equal(got, test.want) {
			t.Errorf("%q: got %v, want %v", test.in, got, test.want)
		}
	}
	if got := Reduce([]Pattern{{}, {}}); len(got) != 0 {
		t.Errorf("zero Patterns are kept: %v", got)
	}
}

// Cover names what makes an entry superfluous: the first of equal ones, else the
// widest.
func TestCover(t *testing.T) {
	for _, test := range []struct {
		in   []string
		want []int
	}{
		{[]string{"https://a.example.com", "https://b.example.com", "https://a.example.com", "https://a.example.com"}, []int{-1, -1, 0, 0}},
		{[]string{"https://a.example.com", "https://*.example.com", "https://a.example.com"}, []int{1, -1, 0}},
		{[]string{"https://a-1.example.com", "https://a-{digits}.example.com", "https://*.example.com", "https://**.example.com"}, []int{3, 3, 3, -1}},
		{[]string{"http://[::1]:8080", "http://[::1]:*", "null", "null"}, []int{1, -1, -1, 2}},
	} {
		if got := Cover(parseAll(t, test.in...)); !slices.Equal(got, test.want) {
			t.Errorf("%q: got %v, want %v", test.in, got, test.want)
		}
	}
	if got := Cover([]Pattern{{}, {}}); !slices.Equal(got, []int{-1, -1}) {
		t.Errorf("zero Patterns: %v", got)
	}
}

// Set agrees with comparing each pattern with each other one.
func TestSetBruteForce(t *testing.T) {
	ps := smallPatterns(t)
	for size := 1; size < len(ps); size = size*2 + 1 {
		some := make([]Pattern, 0, size)
		for i := range size {
			some = append(some, ps[(i*i*31+size)%len(ps)])
		}
		set := NewSet(some...)
		for _, q := range ps {
			covers := func(p Pattern) bool { return p.text != q.text && p.Contains(q) }
			got, ok := set.Covering(q)
			if ok != slices.ContainsFunc(some, covers) || ok && !covers(got) {
				t.Errorf("among %v, %q is covered by %q, %v", some, q, got, ok)
			}
			m := q.Example()
			if got, want := set.Match(m), slices.ContainsFunc(some, func(p Pattern) bool { return p.Match(m) }); got != want {
				t.Errorf("among %v, %q matches: got %v, want %v", some, m, got, want)
			}
		}
	}
}

func TestSetMatchRefuses(t *testing.T) {
	set := NewSet(parseAll(t, "https://**.example.com:*", "https://*.example.com", "http://127.0.0.1:*", "null")...)
	for _, s := range []string{
		"", "*", "NULL", "https://", "https://.example.com", "https://example.com", "https://a.example.com:", "https://a.example.com:*",
		"https://a.example.com:0", "https://a.example.com:123456", "https://A.example.com", "https://a..example.com", "https://*.example.com",
		"https://a/.example.com", "https://a.example.com ", "http://127.0.0.1:", "http://127.0.0.1:1:1", "http://127.0.0.10",
		"https://" + strings.Repeat("a", MaxLength) + ".example.com",
	} {
		if set.Match(s) {
			t.Errorf("%q matches", s)
		}
	}
}

// hostile are lists of patterns that make a comparison of each with each, or a
// search without a bound, take minutes.
var hostile = map[string]func(i int) string{
	"prefixes": func(i int) string { return fmt.Sprintf("https://a%d-*.example.com", i) },
	"exact":    func(i int) string { return fmt.Sprintf("https://a%d.example.com", i) },
	"shapes": func(i int) string {
		return fmt.Sprintf("https://%s%d*%s.example.com", strings.Repeat("a", i%25), i, strings.Repeat("a", i/25%25))
	},
	"overlapping": func(i int) string {
		const as = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		return fmt.Sprintf("https://b%d-*.%s*%s.%s*%s.example.com", i, as[:i%21], as[:i/21%21], as[:i/441%21], as[:i/9261%21])
	},
	"deep": func(i int) string {
		return "https://**." + strings.Repeat("*.", i%100) + fmt.Sprintf("a%d.example.com", i)
	},
}

func BenchmarkReduce(b *testing.B) {
	for name, text := range hostile {
		ps := make([]Pattern, 200_000)
		for i := range ps {
			ps[i] = mustParse(b, text(i))
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Reduce(ps)
			}
		})
	}
}

func TestReduceIsNotQuadratic(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for name, text := range hostile {
		ps := make([]Pattern, 50_000)
		for i := range ps {
			ps[i] = mustParse(t, text(i))
		}
		start := time.Now()
		Reduce(ps)
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}
