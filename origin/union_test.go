package origin

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// describe writes parts for people: what is in, and what is not.
func describe(parts []Part) []string {
	var all []string
	for _, p := range parts {
		text := "*"
		if len(p.In) > 0 {
			text = joined(p.In, " and ")
		}
		if len(p.Except) > 0 {
			text += " except " + joined(p.Except, ", ")
		}
		if p.Undecided {
			text += " perhaps"
		}
		all = append(all, text)
	}
	return all
}

func joined(ps []Pattern, by string) string {
	texts := make([]string, len(ps))
	for i, p := range ps {
		texts[i] = p.String()
	}
	return strings.Join(texts, by)
}

func unionOf(t testing.TB, texts string) *Union {
	t.Helper()
	if texts == Any {
		return Every()
	}
	return NewUnion(parseAll(t, strings.Fields(texts)...))
}

func TestMinus(t *testing.T) {
	everyPrefix, everyLetter := "", ""
	for _, c := range "abcdefghijklmnopqrstuvwxyz0123456789-_" {
		everyPrefix += fmt.Sprintf(" https://%c*.example.com", c)
		everyLetter += fmt.Sprintf(" https://%c.example.com", c)
	}
	for _, test := range []struct {
		u, v string
		want []string
	}{
		{"", "", nil},
		{"*", "*", nil},
		{"https://a.example.com", "*", nil},
		{"*", "https://site-1.example", []string{"* except https://site-1.example"}},
		{"https://a.example.com https://b.example.com", "https://b.example.com https://a.example.com", nil},
		{"https://a.example.com https://b.example.com", "https://*.example.com", nil},
		{"https://a.example.com", "https://b.example.com", []string{"https://a.example.com"}},
		{"https://*.example.com", "https://a.example.com https://*.example.org", []string{"https://*.example.com except https://a.example.com"}},
		{"https://**.example.com", "https://*.example.com", []string{"https://**.example.com except https://*.example.com"}},
		{"https://**.example.com", "https://*.example.com https://**.*.example.com", nil},
		{"https://**.example.com", "https://*.example.com https://*.*.example.com https://**.*.*.example.com", nil},
		{"https://**.example.com", "https://*.example.com https://**.*.*.example.com", []string{"https://**.example.com except https://**.*.*.example.com, https://*.example.com"}},
		{"https://*.example.com", everyPrefix, []string{"https://*.example.com except " + strings.Join(sorted(everyPrefix), ", ")}},
		{"https://*.example.com", everyPrefix + everyLetter, nil},
		{"https://*.example.com:*", everyPrefix + everyLetter, []string{"https://*.example.com:* except " + strings.Join(sorted(everyPrefix+everyLetter), ", ")}},
		{"http://127.0.0.1:*", "http://127.0.0.1 http://127.0.0.1:8080", []string{"http://127.0.0.1:* except http://127.0.0.1, http://127.0.0.1:8080"}},
		{"http://127.0.0.1:*", "http://127.0.0.1:*", nil},
		{"null", "https://*.example.com", []string{"null"}},
	} {
		parts := unionOf(t, test.u).Minus(unionOf(t, test.v))
		if d := cmp.Diff(test.want, describe(parts)); d != "" {
			t.Errorf("%s minus %s (-want +got)\n%s", test.u, test.v, d)
		}
		checkParts(t, unionOf(t, test.u), unionOf(t, test.v), parts)
		if got := unionOf(t, test.v).Contains(unionOf(t, test.u)); got != (test.want == nil) {
			t.Errorf("%s contains %s: %v", test.v, test.u, got)
		}
	}
}

func sorted(texts string) []string { return slices.Sorted(slices.Values(strings.Fields(texts))) }

// checkParts checks that the examples of u minus v are in u and not in v.
func checkParts(t *testing.T, u, v *Union, parts []Part) {
	t.Helper()
	for _, p := range parts {
		if len(p.Examples) == 0 && !p.Undecided {
			t.Errorf("%v has no example", describe([]Part{p}))
		}
		for i, e := range p.Examples {
			if !u.Match(e) || v.Match(e) || slices.Contains(p.Examples[:i], e) {
				t.Errorf("%v: the example %q is in the first: %v, in the second: %v", describe([]Part{p}), e, u.Match(e), v.Match(e))
			}
		}
	}
}

func TestAnd(t *testing.T) {
	for _, test := range []struct {
		u, v string
		want []string
	}{
		{"", "*", nil},
		{"*", "*", []string{"*"}},
		{"*", "https://*.example.com", []string{"https://*.example.com"}},
		{"https://*.example.com", "https://*.example.org", nil},
		{"https://*.example.com", "https://a.example.com https://a.example.org", []string{"https://a.example.com"}},
		{"https://a.example.com", "https://*.example.com", []string{"https://a.example.com"}},
		{"https://a*.example.com", "https://*a.example.com", []string{"https://a*.example.com and https://*a.example.com"}},
		{"https://1a*.example.com", "https://{digits}ab.example.com", []string{"https://1a*.example.com and https://{digits}ab.example.com"}},
		{"https://a*.example.com", "https://{digits}.example.com", nil},
		{"https://**.example.com", "https://*.*.example.com:*", []string{"https://**.example.com and https://*.*.example.com:*"}},
		{"https://**.a.example.com", "https://*.example.com", nil},
		{"https://**.localhost", "https://x.*.localhost", []string{"https://x.*.localhost"}},
	} {
		u, v := unionOf(t, test.u), unionOf(t, test.v)
		for range 2 {
			parts := u.And(v)
			for _, p := range parts {
				for _, e := range p.Examples {
					if !u.Match(e) || !v.Match(e) {
						t.Errorf("%s and %s: %q is not in both", test.u, test.v, e)
					}
				}
				if len(p.Examples) == 0 {
					t.Errorf("%s and %s: no example", test.u, test.v)
				}
			}
			if got := describe(parts); len(got) != len(test.want) || u == v && cmp.Diff(test.want, got) != "" {
				t.Errorf("%s and %s: got %q, want %q", test.u, test.v, got, test.want)
			}
			u, v = v, u
		}
	}
}

// TestMeets compares with common members by brute force in a small grammar.
func TestMeets(t *testing.T) {
	ps := smallPatterns(t)
	if testing.Short() {
		ps = ps[:len(ps)/3]
	}
	budget := 1 << 60
	for i, p := range ps {
		for _, q := range ps[i:] {
			if p.Exact() || q.Exact() {
				continue
			}
			m, _ := newMembers([]Pattern{p, q}, nil, &budget)
			found, _ := m.find(1, func(string) bool { return true })
			if got := p.Meets(q); got != (len(found) > 0) || got != q.Meets(p) {
				t.Errorf("%q meets %q: got %v, common members %q", p, q, got, found)
			}
		}
	}
}

// TestMinusBruteForce compares with all strings over a few labels.
func TestMinusBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	var hosts []string
	short := []string{"a", "b", "1", "2", "a1", "1a", "ab", "11", "1b", "a1a", "a11a", "z", "12", "aa", "a-1"}
	for _, l := range short {
		hosts = append(hosts, l, l+".a", l+".1", "a.b."+l, l+"."+l)
	}
	all := cross([]string{"https://"}, hosts, []string{".x.test"}, []string{"", ":1", ":99999"})
	rounds := 1000
	if testing.Short() {
		rounds = 200
	}
	for range rounds {
		u, v := randomUnion(t, r), randomUnion(t, r)
		checkAgainst(t, u, v, all)
	}
}

func checkAgainst(t *testing.T, u, v *Union, all []string) {
	t.Helper()
	parts, both := u.Minus(v), u.And(v)
	checkParts(t, u, v, parts)
	for _, s := range all {
		inU, inV := u.Match(s), v.Match(s)
		if got := matches(parts, s); got != (inU && !inV) {
			t.Errorf("%v minus %v: %q is in it: %v", u.patterns, v.patterns, s, got)
		}
		if got := matches(both, s); got != (inU && inV) {
			t.Errorf("%v and %v: %q is in it: %v", u.patterns, v.patterns, s, got)
		}
		if got := u.Or(v).Match(s); got != (inU || inV) {
			t.Errorf("%v or %v: %q is in it: %v", u.patterns, v.patterns, s, got)
		}
	}
}

func matches(parts []Part, s string) bool {
	in := func(p Pattern) bool { return p.Match(s) }
	out := func(p Pattern) bool { return !p.Match(s) }
	return slices.ContainsFunc(parts, func(p Part) bool {
		return !slices.ContainsFunc(p.In, out) && !slices.ContainsFunc(p.Except, in)
	})
}

func randomUnion(t *testing.T, r *rand.Rand) *Union {
	pick := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	label := func() string {
		return pick("a", "1", "", "") + pick("*", "*", "{digits}", "b", "1") + pick("", "", "a", "1", "1a")
	}
	var ps []Pattern
	for range r.IntN(5) {
		host := label() + ".x.test"
		if r.IntN(2) == 0 {
			host = label() + "." + host
		}
		ps = append(ps, mustParse(t, "https://"+pick("", "", "**.")+host+pick("", "", ":*", ":1")))
	}
	return NewUnion(ps)
}

func FuzzMinus(f *testing.F) {
	f.Add("https://**.example.com", "https://*.example.com https://**.*.example.com", "https://a.b.example.com", uint64(1))
	f.Add("https://a*.example.com:*", "https://*a.example.com https://aa.example.com:*", "https://aa.example.com:1", uint64(2))
	for i, s := range accepted {
		f.Add(s, accepted[(i*5+2)%len(accepted)]+" "+accepted[(i*3+1)%len(accepted)], s, uint64(i))
	}
	f.Fuzz(func(t *testing.T, a, b, sample string, seed uint64) {
		u, v := NewUnion(parseSome(a)), NewUnion(parseSome(b))
		r := rand.New(rand.NewPCG(seed, 0))
		all := []string{sample}
		for _, p := range slices.Concat(u.patterns, v.patterns) {
			for range 10 {
				if m := member(p, r); p.Match(m) {
					all = append(all, m)
				}
			}
		}
		checkAgainst(t, u, v, all)
	})
}

// parseSome returns the patterns among the words of a text, ten at most.
func parseSome(text string) []Pattern {
	var ps []Pattern
	for s := range strings.FieldsSeq(text) {
		if p, err := Parse(s); err == nil && len(ps) < 10 {
			ps = append(ps, p)
		}
	}
	return ps
}

// TestLongestMembers checks that what only origins over MaxLength would tell
// apart is the same: each of eight labels has to be 62 zeros, for which no origin
// has room.
func TestLongestMembers(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const labels, length = 8, 62
	var except []Pattern
	for i := range labels {
		for n := range length {
			zeros := strings.Repeat("0", n)
			if n > 0 {
				except = append(except, withLabel(t, labels, i, zeros))
			}
			for _, other := range "123456789" {
				except = append(except, withLabel(t, labels, i, zeros+string(other)), withLabel(t, labels, i, zeros+string(other)+"{digits}"))
			}
		}
	}
	budget := 1 << 60
	m, _ := newMembers([]Pattern{withLabel(t, labels, 0, "{digits}")}, except, &budget)
	if found, _ := m.find(1, func(string) bool { return true }); len(found) > 0 {
		t.Errorf("%d bytes: %q", len(found[0]), found)
	}
}

// withLabel returns a pattern of n labels {digits} but for one.
func withLabel(t *testing.T, n, at int, label string) Pattern {
	t.Helper()
	labels := slices.Repeat([]string{"{digits}"}, n)
	labels[at] = label
	return mustParse(t, "https://"+strings.Join(labels, ".")+".x.test")
}

// TestHostilePatterns checks that patterns which state a hard formula end in time,
// and are never said to be covered without a proof. Each label is a variable, 1
// or 2.
func TestHostilePatterns(t *testing.T) {
	const variables = 45
	r := rand.New(rand.NewPCG(3, 3))
	var clauses []Pattern
	for i := range variables {
		for _, c := range "0123456789" {
			clauses = append(clauses, withLabel(t, variables, i, "{digits}"+string(c)))
			if c != '1' && c != '2' {
				clauses = append(clauses, withLabel(t, variables, i, string(c)))
			}
		}
	}
	for range 43 * variables / 10 {
		labels := slices.Repeat([]string{"{digits}"}, variables)
		for range 3 {
			labels[r.IntN(variables)] = []string{"1", "2"}[r.IntN(2)]
		}
		clauses = append(clauses, mustParse(t, "https://"+strings.Join(labels, ".")+".x.test"))
	}
	u, v := NewUnion([]Pattern{withLabel(t, variables, 0, "{digits}")}), NewUnion(clauses)
	start := time.Now()
	parts := u.Minus(v)
	checkParts(t, u, v, parts)
	if d := time.Since(start); d > 30*time.Second || len(parts) == 0 {
		t.Errorf("took %v, gave %v", d, describe(parts))
	}
}

// TestMinusOfMeeting takes many patterns from as many, of which each meets each.
func TestMinusOfMeeting(t *testing.T) {
	var old, changed []Pattern
	for i := range 5000 {
		old = append(old, mustParse(t, fmt.Sprintf("https://*.t%d.*.example.com", i)))
		changed = append(changed, mustParse(t, fmt.Sprintf("https://*.*.u%d.example.com", i)))
	}
	start := time.Now()
	u, v := NewUnion(old), NewUnion(changed)
	parts := v.Minus(u)
	checkParts(t, v, u, parts)
	if len(parts) != len(changed) {
		t.Errorf("%d parts", len(parts))
	}
	if d := time.Since(start); d > 30*time.Second {
		t.Errorf("took %v", d)
	}
}

// TestMinusOfItself takes patterns from themselves in which a search goes astray at
// every label: however long that is, there is no difference.
func TestMinusOfItself(t *testing.T) {
	var ps []Pattern
	for i := range 1 << 14 {
		text := fmt.Sprintf("https://x%d*.", i)
		for n := i; n > 0; n /= 16 {
			text += strings.Repeat("a", n%16+1) + "*."
		}
		ps = append(ps, mustParse(t, text+"example.com"))
	}
	if parts := NewUnion(ps).Minus(NewUnion(slices.Clone(ps))); len(parts) != 0 {
		t.Errorf("%d parts, the first is %v", len(parts), describe(parts[:1]))
	}
}

// TestMinusOfMany takes a hundred thousand origins from as many, of which fifty
// are other ones.
func TestMinusOfMany(t *testing.T) {
	var old, changed []Pattern
	for i := range 100_000 {
		p := mustParse(t, fmt.Sprintf("https://c%d.example.com", i))
		old = append(old, p)
		if i%2000 == 7 {
			p = mustParse(t, fmt.Sprintf("https://c%d-*.example.com", i))
		}
		changed = append(changed, p)
	}
	start := time.Now()
	u, v := NewUnion(old), NewUnion(changed)
	if gone, added := u.Minus(v), v.Minus(u); len(gone) != 50 || len(added) != 50 {
		t.Errorf("%d are gone, %d added", len(gone), len(added))
	}
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("took %v", d)
	}
}
