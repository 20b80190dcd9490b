package lintconfig

import (
	"net/netip"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/corsgen/corsgen/origin"
)

// The limits of the search for strangers: the length of an expression in bytes
// and its size in instructions, the size of all together, and how many origins
// that it means, of which length, are tried in how many ways.
const (
	maxExpression   = 2000
	maxInstructions = 3000
	maxTotal        = 200_000
	maxSamples      = 64
	maxSample       = 120
	maxCandidates   = 400
)

// Expressions searches regular expressions for strangers that they let in. The
// zero value is ready to use; the more it has searched the less it will.
type Expressions struct{ total int }

// Full reports whether there were so many expressions that the last ones were
// not looked at.
func (e *Expressions) Full() bool { return e.total > maxTotal }

// Foreign returns an origin that a regular expression lets in, although it is of
// another site than those that the expression means; "" if it finds none. Sites
// are registrable domains. What an expression means is what it matches when its
// dots are dots and it is anchored at both ends. With fold it ignores case.
// Expressions that Go cannot read, such as those with a look-ahead, and very
// large ones are not looked at.
func (e *Expressions) Foreign(expression string, fold bool) string {
	return e.foreign(expression, fold, (*regexp.Regexp).MatchString)
}

// ForeignPart is like Foreign where the part of the Origin that matches is sent
// back: browsers take that for another origin unless it is all of theirs.
func (e *Expressions) ForeignPart(expression string, fold bool) string {
	return e.foreign(expression, fold, func(r *regexp.Regexp, o string) bool { return r.FindString(o) == o })
}

func (e *Expressions) foreign(expression string, fold bool, letsIn func(*regexp.Regexp, string) bool) string {
	if fold {
		expression = "(?i)" + expression
	}
	tree, matcher := e.compile(expression)
	if matcher == nil {
		return ""
	}
	var meant []sample
	var sites []string
	for _, text := range samples(tree) {
		if s, ok := newSample(text); ok {
			meant = append(meant, s)
			sites = append(sites, site(s.host))
		}
	}
	for _, o := range candidates(meant) {
		if letsIn(matcher, o) && isForeign(o, sites) {
			return o
		}
	}
	return ""
}

// compile returns an expression ready to be searched, nil if it is not to be.
func (e *Expressions) compile(expression string) (*syntax.Regexp, *regexp.Regexp) {
	if len(expression) > maxExpression || e.Full() {
		return nil, nil
	}
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return nil, nil
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil || len(program.Inst) > maxInstructions {
		return nil, nil
	}
	if e.total += len(program.Inst); e.Full() {
		return nil, nil
	}
	matcher, err := regexp.Compile(expression)
	if err != nil {
		return nil, nil
	}
	return tree, matcher
}

func isForeign(o string, sites []string) bool {
	p, err := origin.Parse(o)
	if err != nil || !p.Exact() {
		return false
	}
	host := p.Host()
	suffix, icann := publicsuffix.PublicSuffix(host)
	return (icann || suffix == "example") && host != suffix && !slices.Contains(sites, site(host))
}

// site returns the registrable domain of a host, or the host where it has none.
func site(host string) string {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return host
	}
	if name, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return name
	}
	return host
}

// sample is an origin that an expression means.
type sample struct{ scheme, host, port string }

func newSample(text string) (sample, bool) {
	text = strings.ToLower(text)
	if !strings.Contains(text, "://") {
		text = "https://" + strings.TrimLeft(text, ":/.")
	}
	p, err := origin.Parse(text)
	if err != nil || !p.Exact() || p.Host() == "" {
		return sample{}, false
	}
	s := sample{p.Scheme(), p.Host(), ""}
	if p.Port() != "" {
		s.port = ":" + p.Port()
	}
	return s, true
}

// candidates returns origins of strangers that a careless expression lets in,
// the plainest first.
func candidates(meant []sample) []string {
	all := []string{"https://evil.example", "http://evil.example", "https://www.evil.example"}
	for _, s := range meant {
		start := s.scheme + "://"
		all = append(all,
			start+"evil"+site(s.host)+s.port,
			start+"evil"+s.host+s.port,
			start+"evil-"+s.host+s.port,
			start+s.host+".evil.example"+s.port,
			start+"www."+s.host+".evil.example"+s.port,
			start+s.host+s.port+".evil.example",
			start+s.host+"-evil.example",
		)
		for i := range s.host {
			if s.host[i] == '.' {
				all = append(all, start+s.host[:i]+"x"+s.host[i+1:]+s.port)
			}
		}
	}
	return all[:min(len(all), maxCandidates)]
}

// samples returns texts that an expression means: alternatives one by one,
// optional parts left out and put in, a lone dot as a dot.
func samples(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{string(re.Rune)}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return []string{"."}
	case syntax.OpCharClass:
		return []string{member(re)}
	case syntax.OpCapture:
		return samples(re.Sub[0])
	case syntax.OpStar:
		return limit(append([]string{""}, repeated(re.Sub[0], 1)...))
	case syntax.OpQuest:
		return limit(append(repeated(re.Sub[0], 1), ""))
	case syntax.OpPlus:
		return repeated(re.Sub[0], 1)
	case syntax.OpRepeat:
		return repeated(re.Sub[0], max(1, re.Min))
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			all = append(all, samples(sub)...)
		}
		return limit(all)
	case syntax.OpConcat:
		return product(re.Sub)
	default: // anchors
		return []string{""}
	}
}

// repeated returns the samples of a part that stands n times. A dot that repeats
// is not meant to be one.
func repeated(re *syntax.Regexp, n int) []string {
	if re.Op == syntax.OpAnyChar || re.Op == syntax.OpAnyCharNotNL {
		return []string{strings.Repeat("a", min(n, maxSample))}
	}
	all := samples(re)
	for i, s := range all {
		all[i] = strings.Repeat(s, min(n, maxSample/max(1, len(s))))
	}
	return all
}

func product(parts []*syntax.Regexp) []string {
	all := []string{""}
	for _, part := range parts {
		var longer []string
		for _, tail := range samples(part) {
			for _, head := range all {
				if len(head)+len(tail) <= maxSample && len(longer) < maxSamples {
					longer = append(longer, head+tail)
				}
			}
		}
		all = longer
	}
	return all
}

func limit(all []string) []string { return all[:min(len(all), maxSamples)] }

// member returns a character of a class, a letter if it can be.
func member(re *syntax.Regexp) string {
	for _, wanted := range "a0.-:/" {
		for i := 0; i < len(re.Rune); i += 2 {
			if re.Rune[i] <= wanted && wanted <= re.Rune[i+1] {
				return string(wanted)
			}
		}
	}
	if len(re.Rune) == 0 {
		return ""
	}
	return string(re.Rune[0])
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}
