package verify

import (
	"net/url"
	"strings"
)

// foreign is an origin that resembles one of the policy.
type foreign struct {
	origin   string
	like     string // the origin of the policy
	twist    string // how the one differs from the other, as a predicate
	harmless bool   // no browser sends such an Origin
}

// lookAlikes returns origins that attackers use against matchers with a flaw,
// made from one exact origin and one pattern of the policy, without those that
// the policy allows.
func (p *planner) lookAlikes() []foreign {
	var all []foreign
	seen := map[string]bool{}
	for _, base := range p.bases() {
		n := 0
		for _, f := range resembling(base) {
			if !seen[f.origin] && !p.allows(f.origin) && n < maxLookAlikes {
				seen[f.origin] = true
				all = append(all, f)
				n++
			}
		}
	}
	return all
}

// bases returns the origins to imitate: an exact one, best one of the public
// network, and an example of a pattern.
func (p *planner) bases() []string {
	var exact, wild string
	public := false
	for i := range p.Variant.Origins.Patterns {
		switch o := &p.Variant.Origins.Patterns[i]; {
		case o.Labels() == nil:
		case !o.Exact():
			if wild == "" {
				wild = o.Example()
			}
		case exact == "" || !public && o.Public():
			exact, public = o.String(), o.Public()
		}
	}
	var bases []string
	for _, b := range []string{exact, wild} {
		if b != "" {
			bases = append(bases, b)
		}
	}
	return bases
}

// resembling returns origins like an http or https one of a domain name, each of
// which a flaw lets in, the worst first.
func resembling(base string) []foreign {
	u, err := url.Parse(base)
	if err != nil {
		return nil
	}
	host, port := u.Hostname(), ""
	if u.Port() != "" {
		port = ":" + u.Port()
	}
	var all []foreign
	add := func(host, twist string) {
		all = append(all, foreign{origin: u.Scheme + "://" + host + port, like: base, twist: twist})
	}
	add(host+".corsgen-verify.example", "only starts with "+base)
	add("corsgen"+host, "only ends with "+host)
	if _, parent, _ := strings.Cut(host, "."); strings.Contains(parent, ".") {
		add("corsgen"+parent, "only ends with "+parent)
	}
	first, last := strings.IndexByte(host, '.'), strings.LastIndexByte(host, '.')
	if first > 0 {
		add(host[:first]+"x"+host[first+1:], "has another character in place of a dot of "+host)
	}
	if u.Scheme == "https" {
		all = append(all, foreign{origin: "http://" + host + port, like: base, twist: "is plain http, where whoever is on the network writes the page"})
	}
	add("corsgen."+host, "is a subdomain of "+host)
	all = append(all, foreign{origin: u.Scheme + "://" + host + otherPort(port), like: base, twist: "is on another port than " + base})
	add(host+"_.corsgen-verify.example", "only starts with "+base+" and has a special character behind it")
	if last > first {
		add(host[:last]+"x"+host[last+1:], "has another character in place of a dot of "+host)
	}
	return append(all, foreign{origin: strings.ToUpper(base), like: base, twist: "is in upper case", harmless: true})
}

func otherPort(port string) string {
	if port == ":8443" {
		return ":9443"
	}
	return ":8443"
}
