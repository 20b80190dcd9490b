package origin

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Example returns an origin that p matches, a short and readable one; "" for the
// zero Pattern.
func (p Pattern) Example() string {
	if p.Exact() {
		return p.text
	}
	host := p.host
	if p.labels != nil {
		texts := make([]string, 0, len(p.labels)+1)
		for _, l := range p.allLabels() {
			texts = append(texts, l.example())
		}
		host = strings.Join(texts, ".")
	}
	if p.port != "" && p.port != "*" {
		host += ":" + p.port
	}
	return p.scheme + "://" + host
}

func (l Label) example() string {
	return l.Prefix + [...]string{None: "", Star: "x", Digits: "1"}[l.Wild] + l.Suffix
}

// Loopback reports whether every origin that p matches is an http or https page
// of the browser's own machine: localhost and names below it, 127.0.0.0/8 and
// [::1].
func (p Pattern) Loopback() bool {
	if !isHTTP(p.scheme) {
		return false
	}
	if n := len(p.labels); n > 0 {
		return p.labels[n-1] == Label{Prefix: "localhost"}
	}
	addr, err := netip.ParseAddr(strings.Trim(p.host, "[]"))
	return err == nil && addr.IsLoopback() && !addr.Is4In6()
}

// Public reports whether p can match pages of the public network: those of a
// global address or of a name of several labels that does not end with one that
// only private networks know.
func (p Pattern) Public() bool {
	switch {
	case !isHTTP(p.scheme):
		return false
	case p.labels == nil:
		addr, err := netip.ParseAddr(strings.Trim(p.host, "[]"))
		addr = addr.Unmap()
		return err == nil && addr.IsGlobalUnicast() && !addr.IsPrivate() && !sharedSpace.Contains(addr)
	default:
		return strings.Contains(p.host, ".") && privateName(p.host) == ""
	}
}

// sharedSpace are the addresses behind the translators of providers, by RFC 6598.
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// Apex returns the origin of the domain itself where p matches all names below a
// registrable domain, and so leaves it out.
func (p Pattern) Apex() (Pattern, bool) {
	labels := p.labels
	if !p.deep && len(labels) > 0 && labels[0] == (Label{Wild: Star}) {
		labels = labels[1:]
	} else if !p.deep {
		return Pattern{}, false
	}
	if hasWild(labels) {
		return Pattern{}, false
	}
	host := sample(labels)
	if _, fixed := icannSuffix(host); fixed != len(labels) || privateName(host) != "" {
		return Pattern{}, false
	}
	apex := Pattern{text: p.scheme + "://" + host, scheme: p.scheme, host: host, labels: labels, port: p.port}
	if p.port != "" {
		apex.text += ":" + p.port
	}
	return apex, true
}

// UnknownTop returns the top-level name of a pattern with a wildcard in its host
// where no list knows that name; "" otherwise.
func (p Pattern) UnknownTop() string {
	labels := p.allLabels()
	if !hasWild(labels) || privateName(p.host) != "" {
		return ""
	}
	suffix, icann := publicsuffix.PublicSuffix(sample(labels))
	if icann || strings.Contains(suffix, ".") {
		return ""
	}
	return suffix
}
