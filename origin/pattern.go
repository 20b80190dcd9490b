// Package origin holds web origins and patterns over them: how they are
// written, what they match, and which contains which.
//
// A pattern is a small regular language rather than a regular expression that a
// user writes, so that two patterns can be compared and every target prints a
// matcher for exactly the same set. Patterns are immutable and safe for
// concurrent use.
//
// An origin is the ASCII serialisation of the HTML standard
// (https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin).
package origin

import (
	"regexp"
	"strings"
)

// MaxLength is the longest origin, in bytes, that a pattern matches.
const MaxLength = 512

// Any is the entry that stands for every origin. It is not a pattern.
const Any = "*"

// Null is what opaque origins are serialised as.
const Null = "null"

// Wild is the kind of wildcard in a label.
type Wild uint8

// The kinds of wildcard.
const (
	None   Wild = iota // a literal label
	Star               // "*": one or more of [a-z0-9_-]
	Digits             // "{digits}": one or more of [0-9]
)

// Label is one label of a host: literal text around at most one wildcard.
// Without a wildcard the text is in Prefix.
type Label struct {
	Prefix string
	Wild   Wild
	Suffix string
}

// Pattern is a set of origins. The zero Pattern matches nothing.
type Pattern struct {
	text   string
	scheme string
	host   string  // as written, without port
	deep   bool    // a leading "**."
	labels []Label // of the host after "**."; nil for IP addresses and opaque hosts
	port   string  // "", digits or "*"
}

// String returns the pattern as a policy writes it; Parse gives it back.
func (p Pattern) String() string { return p.text }

// Scheme returns the scheme, such as "https", or "" for "null".
func (p Pattern) Scheme() string { return p.scheme }

// Host returns the host as written, wildcards included, without the port.
func (p Pattern) Host() string { return p.host }

// Port returns the port as written: "" for none, "*" for any.
func (p Pattern) Port() string { return p.port }

// Deep reports whether the host starts with "**.", one or more whole labels.
func (p Pattern) Deep() bool { return p.deep }

// Labels returns the labels of the host without a leading "**.", the leftmost
// first; nil where the host is an IP address or not a domain name. The caller
// must not change them.
func (p Pattern) Labels() []Label { return p.labels }

// Exact reports whether p is a single origin.
func (p Pattern) Exact() bool {
	if p.deep || p.port == "*" {
		return false
	}
	for _, l := range p.labels {
		if l.Wild != None {
			return false
		}
	}
	return true
}

// Match reports whether the value of an Origin header belongs to p. It compares
// the whole value, byte by byte. It is written to be obvious: the generated
// matchers are tested against it.
func (p Pattern) Match(origin string) bool {
	if len(origin) > MaxLength || p.text == "" {
		return false
	}
	if p.Exact() {
		return origin == p.text
	}
	host, ok := strings.CutPrefix(origin, p.scheme+"://")
	if !ok {
		return false
	}
	if p.labels == nil { // an IP address with any port
		port, ok := strings.CutPrefix(host, p.host)
		return ok && (port == "" || port[0] == ':' && isAnyPort(port[1:]))
	}
	host, port, found := strings.Cut(host, ":")
	switch {
	case p.port == "*" && found && !isAnyPort(port):
		return false
	case p.port != "*" && (port != p.port || found != (p.port != "")):
		return false
	}
	return p.matchHost(strings.Split(host, "."))
}

func (p Pattern) matchHost(labels []string) bool {
	extra := len(labels) - len(p.labels)
	if extra < 0 || (extra > 0) != p.deep {
		return false
	}
	for _, l := range labels[:extra] {
		if !(Label{Wild: Star}).match(l) {
			return false
		}
	}
	for i, l := range p.labels {
		if !l.match(labels[extra+i]) {
			return false
		}
	}
	return true
}

func (l Label) match(s string) bool {
	if l.Wild == None {
		return s == l.Prefix
	}
	if len(s) <= len(l.Prefix)+len(l.Suffix) || !strings.HasPrefix(s, l.Prefix) || !strings.HasSuffix(s, l.Suffix) {
		return false
	}
	for _, c := range []byte(s[len(l.Prefix) : len(s)-len(l.Suffix)]) {
		if !l.Wild.takes(c) {
			return false
		}
	}
	return true
}

// takes reports whether the wildcard may stand for c.
func (w Wild) takes(c byte) bool {
	digit := '0' <= c && c <= '9'
	return digit || w == Star && ('a' <= c && c <= 'z' || c == '-' || c == '_')
}

// isAnyPort reports whether s is a port that ":*" stands for: 1 to 5 digits, the
// first not 0.
func isAnyPort(s string) bool {
	if len(s) == 0 || len(s) > 5 || s[0] == '0' {
		return false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// Regexp returns a regular expression for p that matches the same strings as
// Match does, up to MaxLength. It is anchored at both ends, has no capturing
// group, and means the same in RE2, PCRE and ECMAScript.
func (p Pattern) Regexp() string {
	if p.Exact() {
		return "^" + regexp.QuoteMeta(p.text) + "$"
	}
	var b strings.Builder
	b.WriteString("^" + p.scheme + "://")
	if p.deep {
		b.WriteString(`(?:[a-z0-9_-]+\.)+`)
	}
	if p.labels == nil {
		b.WriteString(regexp.QuoteMeta(p.host))
	}
	for i, l := range p.labels {
		if i > 0 {
			b.WriteString(`\.`)
		}
		b.WriteString(regexp.QuoteMeta(l.Prefix) + l.Wild.regexp() + regexp.QuoteMeta(l.Suffix))
	}
	switch p.port {
	case "":
	case "*":
		b.WriteString(`(?::[1-9][0-9]{0,4})?`)
	default:
		b.WriteString(":" + p.port)
	}
	return b.String() + "$"
}

func (w Wild) regexp() string {
	switch w {
	case Star:
		return "[a-z0-9_-]+"
	case Digits:
		return "[0-9]+"
	default:
		return ""
	}
}
