package origin

import (
	"errors"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func FuzzParse(f *testing.F) {
	for _, s := range accepted {
		f.Add(s)
	}
	for _, test := range refused {
		f.Add(test.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := Parse(s)
		if err == nil {
			checkParsed(t, s, p)
			return
		}
		var e *Error
		if !errors.As(err, &e) {
			t.Fatalf("%q: not an *Error: %v", s, err)
		}
		if fault := unreadable(s, e); fault != "" {
			t.Errorf("%q: the error %s: %v", s, fault, e)
		}
		for _, part := range e.Replacement {
			if p, err := Parse(part); err != nil || !p.Exact() && !strings.ContainsAny(s, "*{") {
				t.Errorf("%q is replaced by %q: %v", s, part, err)
			}
		}
		if e.Suggestion == "" {
			return
		}
		if _, err := Parse(e.Suggestion); err != nil {
			t.Errorf("%q: the suggestion %q does not parse: %v", s, e.Suggestion, err)
		}
	})
}

func checkParsed(t *testing.T, s string, p Pattern) {
	again, err := Parse(p.String())
	if p.String() != s || err != nil || !again.Contains(p) {
		t.Errorf("%q prints as %q, which parses as %v, %v", s, p, again, err)
	}
	if p.Exact() != p.Match(s) {
		t.Errorf("%q: exact %v, but matches itself %v", s, p.Exact(), p.Match(s))
	}
	if !p.Match(p.Example()) || !p.Contains(p) {
		t.Errorf("%q matches %q: %v, contains itself: %v", s, p.Example(), p.Match(p.Example()), p.Contains(p))
	}
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"'\\$`;#&|<>()!?%,=~^@", c) >= 0 {
			t.Errorf("%q is a pattern with the character %q", s, c)
		}
	}
}

func FuzzMatch(f *testing.F) {
	for _, s := range accepted {
		f.Add(s, "https://app.example.com:8443")
		f.Add(s, s)
		f.Add("https://**.example.com:*", s)
	}
	f.Add("http://[::1]:*", "http://[::1]:65536")
	f.Add("https://*.example.com", "https://evil.com/.example.com")
	f.Add("https://*.example.com:*", "https://a.example.com:*")
	others := parseAll(f, "https://**.a.example.com:8443", "https://{digits}.example.com:*", "https://*b.*.example.com", "http://127.0.0.1:*", "null")
	f.Fuzz(func(t *testing.T, pattern, origin string) {
		p, err := Parse(pattern)
		if err != nil {
			t.Skip()
		}
		re := regexp.MustCompile(p.Regexp())
		for _, o := range []string{origin, p.Example(), p.Example() + origin, origin + p.Example(), p.Example() + ":" + origin} {
			got := p.Match(o)
			if want := len(o) <= MaxLength && re.MatchString(o); got != want {
				t.Errorf("%q matches %q: got %v, its regular expression %v", p, o, got, want)
			}
			if NewSet(p).Match(o) != got {
				t.Errorf("%q matches %q: got %v, a set of it %v", p, o, got, !got)
			}
			set := NewSet(append(others[:len(others):len(others)], p)...)
			if want := got || slices.ContainsFunc(others, func(p Pattern) bool { return p.Match(o) }); set.Match(o) != want {
				t.Errorf("%v or %q match %q: got %v, want %v", others, p, o, !want, want)
			}
		}
	})
}

func FuzzContains(f *testing.F) {
	for i, s := range accepted {
		f.Add(s, accepted[(i*5+2)%len(accepted)], uint64(i))
		f.Add("https://**.example.com:*", s, uint64(i))
	}
	f.Add("https://a{digits}.example.com", "https://a1{digits}.example.com", uint64(1))
	f.Add("https://a*a.example.com", "https://a*.example.com", uint64(2))
	f.Fuzz(func(t *testing.T, a, b string, seed uint64) {
		p, errP := Parse(a)
		q, errQ := Parse(b)
		if errP != nil || errQ != nil {
			t.Skip()
		}
		checkReduce(t, p, q)
		r := rand.New(rand.NewPCG(seed, 0))
		for range 50 {
			m := member(q, r)
			if !q.Match(m) || p.Contains(q) && !p.Match(m) {
				t.Errorf("%q is a member of %q; does %q, which contains that: %v, match it: %v", m, q, p, p.Contains(q), p.Match(m))
			}
		}
	})
}

func checkReduce(t *testing.T, p, q Pattern) {
	keep := Reduce([]Pattern{p, q})
	want := 2
	if p.Contains(q) || q.Contains(p) {
		want = 1
	}
	if len(keep) != want {
		t.Errorf("of %q and %q, %v are left, want %d", p, q, keep, want)
	}
	if p.Contains(q) && q.Contains(p) && p.String() != q.String() {
		t.Errorf("%q and %q are the same set", p, q)
	}
}

// member returns a random member of p.
func member(p Pattern, r *rand.Rand) string {
	if p.Exact() {
		return p.text
	}
	host := p.host
	if p.labels != nil {
		var texts []string
		if p.deep {
			for range 1 + r.IntN(3) {
				texts = append(texts, word(Star, r))
			}
		}
		for _, l := range p.labels {
			texts = append(texts, l.Prefix+word(l.Wild, r)+l.Suffix)
		}
		host = strings.Join(texts, ".")
	}
	port := p.port
	if port == "*" {
		port = []string{"", "1", "8443", "99999"}[r.IntN(4)]
	}
	if port != "" {
		port = ":" + port
	}
	return p.scheme + "://" + host + port
}

func word(w Wild, r *rand.Rand) string {
	alphabet := map[Wild]string{Star: "abz019-_", Digits: "0123456789"}[w]
	if alphabet == "" {
		return ""
	}
	b := make([]byte, 1+r.IntN(4))
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}
