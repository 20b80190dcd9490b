package origin

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// checkIPv4 reports whether a browser takes the host for an IPv4 address, and
// if so whether it is in the form that browsers send.
func checkIPv4(host string, deep bool, labels []Label) (inIPv4 bool, err *Error) {
	if !likeIPv4(deep, labels) {
		return false, nil
	}
	if strings.ContainsAny(host, "*{") {
		return true, malformed("An address is not a tree of names: anyone can own a neighbouring one. Write each address exactly; :* allows any port.", "The IP address %q holds a wildcard", host)
	}
	addr, ok := parseIPv4(host)
	switch {
	case !ok:
		return true, malformed("A host whose last label is a number is an IPv4 address for browsers, and this is none: they refuse it.", "%q is not a valid IPv4 address", host)
	case addr.String() != host:
		return true, ipForm(host, addr.String())
	}
	return true, nil
}

// likeIPv4 follows https://url.spec.whatwg.org/#ends-in-a-number-checker, and
// also takes wildcards among numbers for an address.
func likeIPv4(deep bool, labels []Label) bool {
	last := labels[len(labels)-1]
	if last.Wild == None {
		return isIPv4Number(last.Prefix)
	}
	literal := false
	for _, l := range labels {
		if !isDigits(l.Prefix + l.Suffix) {
			return false
		}
		literal = literal || l.Wild == None
	}
	return literal && !deep
}

// isDigits reports whether s holds nothing but ASCII digits.
func isDigits(s string) bool {
	for _, c := range []byte(s) {
		if !Digits.takes(c) {
			return false
		}
	}
	return true
}

func isIPv4Number(s string) bool {
	if isDigits(s) {
		return s != ""
	}
	hex, ok := strings.CutPrefix(s, "0x")
	return ok && strings.Trim(hex, "0123456789abcdef") == ""
}

// parseIPv4 is the parser of the URL standard, for lower-case input:
// https://url.spec.whatwg.org/#concept-ipv4-parser
func parseIPv4(s string) (netip.Addr, bool) {
	parts := strings.Split(s, ".")
	n := len(parts)
	if n > 4 {
		return netip.Addr{}, false
	}
	var sum uint64
	for i, part := range parts {
		v, ok := ipv4Number(part)
		bits := 8
		if i == n-1 {
			bits = 8 * (5 - n)
		}
		if !ok || v >= 1<<bits {
			return netip.Addr{}, false
		}
		sum = sum<<bits | v
	}
	return netip.AddrFrom4([4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}), true
}

// ipv4Number reads decimal, octal (leading 0) and hexadecimal (leading 0x)
// numbers.
func ipv4Number(s string) (uint64, bool) {
	base := 10
	if hex, ok := strings.CutPrefix(s, "0x"); ok {
		if hex == "" {
			return 0, true
		}
		s, base = hex, 16
	} else if len(s) > 1 && s[0] == '0' {
		base = 8
	}
	v, err := strconv.ParseUint(s, base, 64)
	return v, err == nil
}

// checkIPv6 checks a host that starts with a bracket.
func checkIPv6(host string) *Error {
	want, ok := canonicalIPv6(host)
	switch {
	case !ok:
		return malformed("An IPv6 address stands in brackets and has no zone, as in http://[::1]:8080.", "%q is not a valid IPv6 address", host)
	case want != host:
		return ipForm(host, want)
	}
	return nil
}

// canonicalIPv6 returns an address in brackets as the URL standard serialises
// it: https://url.spec.whatwg.org/#concept-ipv6-serializer
func canonicalIPv6(host string) (string, bool) {
	inner, ok := strings.CutPrefix(host, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	addr, err := netip.ParseAddr(inner)
	if !ok || !closed || err != nil || !addr.Is6() || addr.Zone() != "" {
		return "", false
	}
	if addr.Is4In6() { // netip would write the last four bytes with dots
		b := addr.As16()
		return fmt.Sprintf("[::ffff:%x:%x]", uint(b[12])<<8|uint(b[13]), uint(b[14])<<8|uint(b[15])), true
	}
	return "[" + addr.String() + "]", true
}

func ipForm(host, want string) *Error {
	detail := fmt.Sprintf("Browsers send an address in one form only: IPv4 as four decimal numbers, where they read a leading 0 as octal and 0x as hexadecimal, IPv6 in lower case and compressed. They would send this one as %s.", want)
	if readsOctal(host) {
		detail += " If it is meant in decimal, drop the leading zeros."
	}
	return fault(codeIPForm, detail, "The IP address %q is not in the form that browsers send", host)
}
