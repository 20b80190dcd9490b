package origin

import "strings"

// samples returns members of p that are easy to read and differ in whatever p
// leaves open.
func (p Pattern) samples() []string {
	if p.Exact() {
		return []string{p.text}
	}
	all := make([]string, 0, len(sampleWords))
	for i := range sampleWords {
		if s := p.sample(i); p.Match(s) {
			all = append(all, s)
		}
	}
	return all
}

// sampleWords are what stands for "**.", "*", "{digits}" and ":*" in a sample.
var sampleWords = [...]struct{ deep, star, digits, port string }{
	{"x.", "x", "1", ""},
	{"a.b.", "other", "42", ":8443"},
	{"other.", "x-1", "1000", ""},
	{"a.b.c.", "0", "7", ":3000"},
}

func (p Pattern) sample(i int) string {
	words := sampleWords[i]
	host := p.host
	if p.labels != nil {
		texts := make([]string, len(p.labels))
		for i, l := range p.labels {
			texts[i] = l.Prefix + [...]string{None: "", Star: words.star, Digits: words.digits}[l.Wild] + l.Suffix
		}
		host = strings.Join(texts, ".")
	}
	if p.deep {
		host = words.deep + host
	}
	switch p.port {
	case "":
	case "*":
		host += words.port
	default:
		host += ":" + p.port
	}
	return p.scheme + "://" + host
}
