package origin

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// privateNames are names that nobody can register below, though the public
// suffix list takes some of them, as it takes every unknown name, for suffixes.
var privateNames = []string{"localhost", "test", "internal", "local", "lan", "home.arpa"}

// checkRegistrable checks that wildcards stand left of the registrable domain by
// the ICANN part of the public suffix list. Private parts of the list are a risk
// that can be accepted, see Reach.
func (p *Pattern) checkRegistrable() *Error {
	labels := p.allLabels()
	if !hasWild(labels) {
		return nil
	}
	suffix, fixed := icannSuffix(sample(labels))
	for i := len(labels) - 1; i >= max(0, len(labels)-fixed); i-- {
		if labels[i].Wild != None {
			return p.unrelated(labels[i], len(labels)-i, suffix)
		}
	}
	return nil
}

// unrelated words the finding that a wildcard stands in the label l, the nth
// from the right, where it reaches the sites of other owners.
func (p *Pattern) unrelated(l Label, nth int, suffix string) *Error {
	if l.Prefix == "localhost" {
		detail := "The wildcard is a part of the name, so it matches other names such as " + clip(l.example()) + " and no port. For any port write " + p.scheme + "://localhost:* instead."
		return fault(codeUnrelatedSites, detail, "%q matches other hosts", p.text)
	}
	if inSuffix := nth <= labelCount(suffix); inSuffix {
		detail := "The wildcard stands for a name under which anyone can register domains, so pages of strangers would match. Keep the domain that you registered literal, as in https://*.example.com; to allow every origin, write the entry \"*\", which browsers take without credentials only."
		return fault(codeUnrelatedSites, detail, "%q matches sites of unrelated owners", p.text)
	}
	if l.Prefix == "" && l.Suffix != "" {
		detail := fmt.Sprintf("The wildcard joins the name, so it also matches domains that a stranger can register, such as %s.%s. Put a dot after the wildcard to match subdomains.", clip(l.example()), suffix)
		return fault(codeBareWildcard, detail, "%q matches other people's domains", p.text)
	}
	if _, icann := publicsuffix.PublicSuffix(suffix); !icann {
		detail := fmt.Sprintf("No list knows the top-level name %s, so anyone may be able to register names under it. Keep one more label literal, as in %s://*.example.%s. Names below localhost, test, internal, local, lan and home.arpa need none.", suffix, p.scheme, suffix)
		return fault(codeUnrelatedSites, detail, "%q matches sites of unrelated owners", p.text)
	}
	detail := fmt.Sprintf("Anyone can register a name under %s, so pages of strangers would match. Keep the domain that you registered literal, as in %s://*.example.%s.", suffix, p.scheme, suffix)
	return fault(codeUnrelatedSites, detail, "%q matches sites of unrelated owners", p.text)
}

// icannSuffix returns the public suffix of host by the ICANN part of the list,
// and the number of labels at the end of host that one owner has to hold: those
// of the suffix and one more.
func icannSuffix(host string) (suffix string, fixed int) {
	if name := privateName(host); name != "" {
		return "", labelCount(name)
	}
	for {
		suffix, icann := publicsuffix.PublicSuffix(host)
		if icann || !strings.Contains(suffix, ".") {
			return suffix, labelCount(suffix) + 1
		}
		_, host, _ = strings.Cut(suffix, ".")
	}
}

// privateName returns the private name that host is or ends with, or "".
func privateName(host string) string {
	for _, name := range privateNames {
		if host == name || strings.HasSuffix(host, "."+name) {
			return name
		}
	}
	return ""
}

func labelCount(name string) int { return strings.Count(name, ".") + 1 }

// allLabels returns the labels with a leading "**." as one more.
func (p *Pattern) allLabels() []Label {
	if !p.deep {
		return p.labels
	}
	return append([]Label{{Wild: Star}}, p.labels...)
}

func hasWild(labels []Label) bool {
	for _, l := range labels {
		if l.Wild != None {
			return true
		}
	}
	return false
}

// sample returns the end of a host in which each label with a wildcard is one that
// no list knows. No public suffix has as many labels.
func sample(labels []Label) string {
	const most = 10
	labels = labels[max(0, len(labels)-most):]
	texts := make([]string, len(labels))
	for i, l := range labels {
		texts[i] = l.Prefix
		if l.Wild != None {
			texts[i] = "-"
		}
	}
	return strings.Join(texts, ".")
}

// Reach says whose sites a pattern can match, by the suffixes below which a
// hosting service lets its customers register names: those of the private part of
// the public suffix list, and some that it lacks.
type Reach uint8

// The kinds of reach.
const (
	OwnSites  Reach = iota // an exact origin, or wildcards left of a literal registrable domain
	AnySite                // every name below a private suffix, as in https://*.vercel.app
	SomeSites              // names of a form that strangers can register, as in https://app-*.vercel.app
)

// Reach returns whose sites p can match and, unless those are OwnSites, the
// private public suffix, such as "vercel.app", or the domain of the hosting
// service that has such suffixes below it.
func (p Pattern) Reach() (r Reach, suffix string) {
	labels := p.allLabels()
	if !hasWild(labels) {
		return OwnSites, ""
	}
	host := sample(labels)
	suffix = openSuffix(host)
	if suffix == "" {
		return hosterReach(host)
	}
	n := labelCount(suffix)
	suffix = labelTexts(p.host, n)
	below, own := labels[:len(labels)-n], labels[len(labels)-n:]
	if hasWild(own) { // as in https://*.compute.amazonaws.com
		return AnySite, suffix
	}
	switch l := below[len(below)-1]; {
	case l.Wild == None:
		return OwnSites, ""
	case l.Wild == Star && l.Prefix+l.Suffix == "":
		return AnySite, suffix
	default:
		return SomeSites, suffix
	}
}

// openSuffix returns the suffix of host below which strangers get names, by the
// private part of the public suffix list and by unlisted, or "".
func openSuffix(host string) string {
	suffix, icann := publicsuffix.PublicSuffix(host)
	if icann || !strings.Contains(suffix, ".") {
		suffix = ""
	}
	for name := host; len(name) > len(suffix); _, name, _ = strings.Cut(name, ".") {
		if _, rest, _ := strings.Cut(name, "."); unlisted[name] || unlisted["*."+rest] {
			return name
		}
	}
	return suffix
}

// hosterReach is Reach for a host with wildcards that no such suffix ends.
func hosterReach(host string) (r Reach, suffix string) {
	for _, name := range hosters {
		if strings.HasSuffix(host, "."+name) {
			return AnySite, name
		}
	}
	return OwnSites, ""
}

// labelTexts returns the last n labels of host.
func labelTexts(host string, n int) string {
	texts := strings.Split(host, ".")
	return strings.Join(texts[max(0, len(texts)-n):], ".")
}

// SuffixList returns the date of the public suffix list, as YYYY-MM-DD, and its
// revision, a commit of https://github.com/publicsuffix/list.
func SuffixList() (date, revision string) {
	m := suffixVersion.FindStringSubmatch(publicsuffix.List.String())
	if m == nil {
		return "unknown", "unknown"
	}
	return m[2], m[1]
}

var suffixVersion = regexp.MustCompile(`git revision ([0-9a-f]+) \((\d{4}-\d{2}-\d{2})`)
