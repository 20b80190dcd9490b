package verify

import (
	"net/url"
	"strings"
)

// foreign is an origin that resembles one of the policy.
type foreign struct {
	origin, twist string
	harmless      bool // no browser sends such an Origin
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

// resembling returns origins like an http or https one of a domain name, each
// with the flaw that lets it in, the worst first.
func resembling(base string) []foreign {
	u, err := url.Parse(base)
	if err != nil {
		return nil
	}
	host, port := u.Hostname(), ""
	if u.Port() != "" {
		port = ":" + u.Port()
	}
	at := func(host string) string { return u.Scheme + "://" + host + port }
	_, parent, _ := strings.Cut(host, ".")
	dot, last := strings.IndexByte(host, '.'), strings.LastIndexByte(host, '.')
	all := []foreign{
		{origin: at(host + ".corsgen-verify.example"), twist: "which only starts with it"},
		{origin: at("corsgen" + host), twist: "which only ends with it"},
	}
	add := func(origin, twist string) { all = append(all, foreign{origin: origin, twist: twist}) }
	if strings.Contains(parent, ".") {
		add(at("corsgen"+parent), "which only ends with its domain")
	}
	if dot > 0 {
		add(at(host[:dot]+"x"+host[dot+1:]), "with another character in place of a dot")
	}
	if u.Scheme == "https" {
		add("http://"+host+port, "over plain http, where whoever is on the network writes the page")
	}
	add(at("corsgen."+host), "a subdomain of it")
	add(u.Scheme+"://"+host+otherPort(port), "on another port")
	add(at(host+"_.corsgen-verify.example"), "with a special character behind it")
	if last > dot {
		add(at(host[:last]+"x"+host[last+1:]), "with another character in place of a dot")
	}
	all = append(all, foreign{strings.ToUpper(base), "in upper case", true})
	return all
}

func otherPort(port string) string {
	if port == ":8443" {
		return ":9443"
	}
	return ":8443"
}
