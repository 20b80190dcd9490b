package origin

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// host puts the host of an http or https origin right.
func (r *repair) host(host string) string {
	if strings.HasPrefix(host, "[") {
		return r.ipv6(host)
	}
	if plain := unescape(host); plain != host {
		r.note(badChar('%', host))
		host = plain
	}
	host = r.lower(host)
	host = r.wildcards(host)
	host = r.dots(host)
	if strings.ContainsAny(host, "*{") {
		return host
	}
	if labels := literals(host); likeIPv4(false, labels) {
		if addr, ok := parseIPv4(host); ok && addr.String() != host {
			r.note(ipForm(host, addr.String()))
			r.guess = r.guess || readsOctal(host)
			return addr.String()
		}
	}
	return host
}

// readsOctal reports whether browsers take a part of an IPv4 address for another
// number than people do.
func readsOctal(host string) bool {
	return slices.ContainsFunc(strings.Split(host, "."), func(part string) bool {
		octal, _ := ipv4Number(part)
		decimal, err := strconv.ParseUint(part, 10, 64)
		return err == nil && decimal != octal
	})
}

func (r *repair) ipv6(host string) string {
	address, _, zone := strings.Cut(host, "%")
	if zone {
		r.note(fault(codeIPForm, "A zone means something on one machine only, and browsers refuse it.", "The IP address %q has a zone", host))
		r.guess = true
		address += "]"
	}
	if want, ok := canonicalIPv6(address); ok && want != host {
		r.note(ipForm(address, want))
		return want
	}
	return host
}

// lower maps host to lower case and Punycode.
func (r *repair) lower(host string) string {
	lower := strings.ToLower(host)
	if utf8.ValidString(host) && (!isASCII(host) || strings.Contains(lower, "xn--")) {
		ascii, err := uts46.ToASCII(host)
		if err == nil && (ascii != lower || !isASCII(host)) && !wildInPunycode(ascii) {
			r.note(unicodeHost(host))
			return ascii
		}
	}
	if lower == host || !isASCII(host) {
		return host
	}
	r.note(upperCase(host))
	return lower
}

func isASCII(s string) bool {
	for _, c := range []byte(s) {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// wildInPunycode reports whether a wildcard was encoded together with text: the
// label would match other names than the author sees.
func wildInPunycode(host string) bool {
	for _, l := range strings.Split(host, ".") {
		if strings.HasPrefix(l, "xn--") && strings.ContainsAny(l, "*{") {
			return true
		}
	}
	return false
}

var (
	braces = regexp.MustCompile(`\{[^{}]*\}|<[^<>]*>`)
	number = regexp.MustCompile(`^.(digits?|nums?|numbers?|n|\\?d\+?|ints?|integers?|id)?.$`)
)

// wildcards spells the wildcards in host as patterns do.
func (r *repair) wildcards(host string) string {
	spelt := braces.ReplaceAllStringFunc(host, func(s string) string {
		if number.MatchString(s) {
			return "{digits}"
		}
		return "*"
	})
	labels := strings.Split(spelt, ".")
	for i, l := range labels {
		switch {
		case l == "**" && i == 0 || !strings.Contains(l, "**"):
		case i == 0 && strings.HasPrefix(l, "**") && !strings.Contains(l[2:], "*"):
			labels[i] = "**." + l[2:]
		case strings.Trim(l, "*") != "":
			labels[i] = collapse.ReplaceAllString(l, "*")
		}
	}
	spelt = strings.Join(labels, ".")
	if spelt != host {
		r.note(malformed("The wildcards are * for one or more of a-z, 0-9, _ and - in a label, {digits} for a number, and a leading **. for one or more whole labels.", "The host %q holds a misspelt wildcard", host))
	}
	return spelt
}

var collapse = regexp.MustCompile(`\*\*+`)

// dots removes a dot at the end and reads one at the start as "*.".
func (r *repair) dots(host string) string {
	if h, ok := strings.CutSuffix(host, "."); ok && h != "" {
		r.note(malformed("Browsers send a final dot only where the address of the page has one, which is another origin.", "The host %q ends with a dot", host))
		host = h
	}
	if strings.HasPrefix(host, ".") && !strings.HasPrefix(host, "..") {
		r.note(malformed("A leading dot means subdomains in cookies; here a wildcard does.", "The host %q starts with a dot", host))
		host = "*" + host
	}
	return host
}

// spliceDot puts a dot after a wildcard that joins the registrable domain.
func spliceDot(s string) string {
	i := strings.LastIndex(s, "*")
	if strings.HasSuffix(s, ":*") {
		i = strings.LastIndex(s[:i], "*")
	}
	if j := strings.LastIndex(s, "{digits}"); j > i {
		i = j + len("{digits}") - 1
	}
	if i < 0 || strings.HasPrefix(s[i+1:], "-") || strings.HasPrefix(s[i+1:], "_") {
		return s
	}
	return s[:i+1] + "." + s[i+1:]
}
