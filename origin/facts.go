package origin

import (
	"net/netip"
	"strings"
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
