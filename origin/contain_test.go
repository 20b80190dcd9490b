package origin

import (
	"slices"
	"strings"
	"testing"
)

func TestContains(t *testing.T) {
	for _, test := range []struct {
		p, q string
		want bool
	}{
		{"https://*.example.com", "https://app.example.com", true},
		{"https://*.example.com", "http://app.example.com", false},
		{"https://*.example.com", "https://example.com", false},
		{"https://*.example.com", "https://a.b.example.com", false},
		{"https://**.example.com", "https://a.b.example.com", true},
		{"https://**.example.com", "https://*.example.com", true},
		{"https://*.example.com", "https://**.example.com", false},
		{"https://**.example.com", "https://**.b-*.example.com", true},
		{"https://**.b-*.example.com", "https://**.example.com", false},
		{"https://**.*.example.com", "https://*.*.example.com", true},
		{"https://**.*.example.com", "https://**.example.com", false},
		{"https://**.example.com", "https://**.*.example.com", true},
		{"https://*.example.com", "https://{digits}.example.com", true},
		{"https://{digits}.example.com", "https://*.example.com", false},
		{"https://a{digits}.example.com", "https://a1{digits}.example.com", true},
		{"https://a{digits}.example.com", "https://a1.example.com", true},
		{"https://a{digits}.example.com", "https://ab{digits}.example.com", false},
		{"https://{digits}1.example.com", "https://{digits}21.example.com", true},
		{"https://a*.example.com", "https://ab-{digits}-z.example.com", true},
		{"https://a*a.example.com", "https://a.example.com", false},
		{"https://a*a.example.com", "https://aa.example.com", false},
		{"https://a*a.example.com", "https://a*.example.com", false},
		{"https://example.com:*", "https://example.com", true},
		{"https://example.com:*", "https://example.com:8443", true},
		{"https://example.com", "https://example.com:*", false},
		{"https://*.example.com:*", "https://{digits}.example.com:8443", true},
		{"https://*.example.com", "https://{digits}.example.com:8443", false},
		{"http://127.0.0.1:*", "http://127.0.0.1:80*", false},
		{"http://127.0.0.1:*", "http://127.0.0.1:8080", true},
		{"http://127.0.0.1:*", "http://127.0.0.1:*", true},
		{"http://127.0.0.1:*", "http://127.0.0.2:*", false},
		{"http://[::1]:*", "http://[::1]", true},
		{"http://*.localhost:*", "http://127.0.0.1:*", false},
		{"null", "null", true},
		{"null", "https://example.com", false},
		{"chrome-extension://abc", "chrome-extension://abc", true},
	} {
		q, err := Parse(test.q)
		if got := err == nil && mustParse(t, test.p).Contains(q); got != test.want {
			t.Errorf("%q contains %q: got %v, want %v", test.p, test.q, got, test.want)
		}
	}
	if (Pattern{}).Contains(Pattern{}) || mustParse(t, "null").Contains(Pattern{}) {
		t.Error("the zero Pattern is contained")
	}
}

// smallPatterns are all the patterns of a small grammar.
func smallPatterns(t *testing.T) []Pattern {
	var labels []string
	for _, prefix := range []string{"", "a", "1", "a1"} {
		for _, wild := range []string{"", "*", "{digits}"} {
			for _, suffix := range []string{"", "1", "1a"} {
				labels = append(labels, prefix+wild+suffix)
			}
		}
	}
	slices.Sort(labels)
	labels = slices.DeleteFunc(slices.Compact(labels), func(s string) bool { return s == "" })
	hosts := []string{"example.com", "**.example.com"}
	for i, l := range labels {
		hosts = append(hosts, l+".example.com", "**."+l+".example.com")
		hosts = append(hosts, labels[(i*7+3)%len(labels)]+"."+l+".example.com")
	}
	var ps []Pattern
	for _, h := range hosts {
		for _, port := range []string{"", ":*", ":1"} {
			ps = append(ps, mustParse(t, "https://"+h+port))
		}
	}
	return ps
}

// smallMembers are members of p, among them one that is no member of any
// pattern of the small grammar that does not contain p.
func smallMembers(p Pattern) []string {
	hosts := []string{""}
	for _, l := range p.labels {
		hosts = cross(hosts, cross([]string{l.Prefix}, words(l.Wild), []string{l.Suffix + "."}))
	}
	if p.deep {
		hosts = cross([]string{"a.", "1.", "a.a.", "1.1.", "b.b.b."}, hosts)
	}
	ports := []string{":" + p.port}
	if p.port == "" {
		ports = []string{""}
	} else if p.port == "*" {
		ports = []string{"", ":1", ":99999"}
	}
	for i, h := range hosts {
		hosts[i] = strings.TrimSuffix(h, ".")
	}
	return cross([]string{p.scheme + "://"}, hosts, ports)
}

func words(w Wild) []string {
	return map[Wild][]string{None: {""}, Digits: {"1", "2", "12"}, Star: {"a", "1", "2", "_", "-b"}}[w]
}

func cross(parts ...[]string) []string {
	all := []string{""}
	for _, part := range parts {
		var next []string
		for _, a := range all {
			for _, b := range part {
				next = append(next, a+b)
			}
		}
		all = next
	}
	return all
}

// In a small grammar p contains q exactly if p matches all members of q.
func TestContainsBruteForce(t *testing.T) {
	ps := smallPatterns(t)
	if testing.Short() {
		ps = ps[:len(ps)/3]
	}
	for _, q := range ps {
		members := smallMembers(q)
		for _, p := range ps {
			stranger := slices.IndexFunc(members, func(m string) bool { return !p.Match(m) })
			if got := p.Contains(q); got != (stranger < 0) {
				t.Errorf("%q contains %q: got %v; index of a member that does not match: %d of %q", p, q, got, stranger, members)
			}
		}
	}
}
