package origin

import (
	"fmt"
	"strings"

	"golang.org/x/net/idna"
)

const (
	maxLabel = 63  // bytes in a label, by RFC 1035
	maxHost  = 253 // bytes in a host name without the final dot
)

// parseHost checks p.host of an http or https origin and fills in the labels.
func (p *Pattern) parseHost() *Error {
	if p.host == "" {
		return noHost(p.scheme)
	}
	if p.host[0] == '[' {
		return checkIPv6(p.host)
	}
	name := p.host
	if rest, ok := strings.CutPrefix(name, "**."); ok {
		name, p.deep = rest, true
	} else if name == "**" { // refused below, as "*" alone is
		name = "*"
	}
	texts := strings.Split(name, ".")
	p.labels = make([]Label, len(texts))
	for i, text := range texts {
		var err *Error
		if p.labels[i], err = parseLabel(text, p.host); err != nil {
			return err
		}
	}
	if inIPv4, err := checkIPv4(p.host, p.deep, p.labels); inIPv4 {
		p.labels = nil
		return err
	}
	if n := p.minHost(); n > maxHost {
		return malformed("A host name is at most 253 bytes.", "The host is %d bytes long", n)
	}
	return p.checkRegistrable()
}

// minHost returns the length of the shortest host that matches.
func (p *Pattern) minHost() int {
	n := len(p.labels) - 1
	if p.deep {
		n += len("x.")
	}
	for _, l := range p.labels {
		n += l.minLen()
	}
	return n
}

func (l Label) minLen() int {
	n := len(l.Prefix) + len(l.Suffix)
	if l.Wild != None {
		n++
	}
	return n
}

func parseLabel(s, host string) (Label, *Error) {
	l, err := splitLabel(s)
	if err != nil {
		return l, err
	}
	for _, c := range l.Prefix + l.Suffix {
		if c >= 0x80 || !Star.takes(byte(c)) {
			return l, badChar(c, host)
		}
	}
	switch n := l.minLen(); {
	case n == 0:
		return l, malformed("Dots separate labels of at least one character.", "The host %q has an empty label", host)
	case n > maxLabel:
		return l, malformed("A label, the part between two dots, is at most 63 bytes, so no browser can reach such a host.", "The label %q is %d bytes long", s, n)
	}
	if l.Wild == None && strings.HasPrefix(s, "xn--") {
		return l, checkPunycode(s)
	}
	return l, nil
}

func splitLabel(s string) (Label, *Error) {
	i := strings.IndexAny(s, "*{")
	if i < 0 {
		return Label{Prefix: s}, nil
	}
	l := Label{Prefix: s[:i], Wild: Star, Suffix: s[i+1:]}
	if s[i] == '{' {
		rest, ok := strings.CutPrefix(s[i:], "{digits}")
		if !ok {
			return l, malformed("The wildcards are * for one or more of a-z, 0-9, _ and -, {digits} for a number, and a leading **. for whole labels.", "%q holds an unknown wildcard", s)
		}
		l.Wild, l.Suffix = Digits, rest
	}
	switch {
	case strings.HasPrefix(l.Suffix, "*") && l.Wild == Star:
		return l, malformed("Two stars stand for one or more whole labels and only at the start of the host, followed by a dot, as in https://**.example.com.", "%q holds ** where it cannot be", s)
	case strings.ContainsAny(l.Suffix, "*{"):
		return l, malformed("A label can hold one wildcard, so that patterns can be compared. Write one wildcard that covers both, or one entry for each form.", "The label %q holds two wildcards", s)
	}
	return l, nil
}

func badChar(c rune, host string) *Error {
	detail := "The host of an http or https origin is made of lower-case letters, digits, _, - and dots."
	switch {
	case 'A' <= c && c <= 'Z':
		return upperCase(host)
	case c >= 0x80:
		return fault(codeUnicodeHost, "Browsers send international names in Punycode, and this one has no such form. Write each label in ASCII, where needed as xn--, and no wildcard in a label that is not ASCII.", "The host %q is not ASCII", host)
	case c == '%':
		detail = "Browsers decode a percent-encoded host before they send it. Write the characters themselves. " + detail
	case c == '}':
		detail = "A brace opens and closes the wildcard {digits}. " + detail
	}
	return malformed(detail, "The host %q holds the character %q", host, c)
}

func upperCase(s string) *Error {
	return fault(codeUpperCase, "Browsers send the scheme and the host in lower case, and origins are compared byte by byte, so this would match nothing.", "%q holds upper-case letters", s)
}

func unicodeHost(host string) *Error {
	return fault(codeUnicodeHost, "Browsers send international names in Punycode, so this would match nothing.", "The host %q is not ASCII", host)
}

// uts46 maps domain names as browsers do:
// https://url.spec.whatwg.org/#concept-domain-to-ascii with beStrict false.
var uts46 = idna.New(
	idna.MapForLookup(),
	idna.Transitional(false),
	idna.CheckHyphens(false),
	idna.CheckJoiners(true),
	idna.StrictDomainName(false),
	idna.BidiRule(),
)

func checkPunycode(label string) *Error {
	ascii, err := uts46.ToASCII(label)
	if err == nil && ascii == label {
		return nil
	}
	return fault(codeUnicodeHost, fmt.Sprintf("A browser refuses the name %s, or writes it otherwise. Copy the name from the address of the page as the browser's developer tools show it in the Origin header.", clip(label)), "The label %q is not valid Punycode", label)
}
