package ir

import (
	"strings"

	"github.com/corsgen/corsgen/diag"
)

// Feature is a set of things that a policy may need and a target may lack.
type Feature uint16

// The features.
const (
	Credentials    Feature = 1 << iota // Access-Control-Allow-Credentials
	Wildcards                          // patterns with a wildcard
	CustomSchemes                      // origins with schemes other than http and https
	ReflectMethods                     // Access-Control-Allow-Methods repeats the request
	ReflectHeaders                     // Access-Control-Allow-Headers repeats the request
	Status200                          // preflights answered with 200
	OriginGate                         // refused actual requests answered with 403
	Sites                              // policies chosen by path: of a program that has a site, not of a variant
	endFeatures
)

var featureNames = map[Feature]string{
	Credentials:    "allow_credentials",
	Wildcards:      "wildcards in allow_origins",
	CustomSchemes:  "custom schemes in allow_origins",
	ReflectMethods: `allow_methods = ["*"] with credentials`,
	ReflectHeaders: `allow_headers = ["*"] with credentials`,
	Status200:      "preflight_status = 200",
	OriginGate:     "origin_gate",
	Sites:          "site",
}

// Each returns the features in f one by one.
func (f Feature) Each() []Feature {
	var all []Feature
	for one := Feature(1); one < endFeatures; one <<= 1 {
		if f&one != 0 {
			all = append(all, one)
		}
	}
	return all
}

// String names the features in the words of the policy language.
func (f Feature) String() string {
	names := make([]string, 0, 1)
	for _, one := range f.Each() {
		names = append(names, featureNames[one])
	}
	return strings.Join(names, ", ")
}

// AllFeatures is the set of every feature.
const AllFeatures = endFeatures - 1

// Need is a feature that a variant needs of a target, and the first place that
// asks for it: an origin, an attribute, or else the name of the policy or the
// environment.
type Need struct {
	Feature Feature
	Src     diag.Range
}

// Needs returns what the variant needs of a target, each feature once.
func (v *Variant) Needs() []Need {
	var n needs
	for i := range v.Origins.Patterns {
		p := &v.Origins.Patterns[i]
		n.add(Wildcards, !p.Exact(), p.Src)
		s := p.Scheme()
		n.add(CustomSchemes, s != "http" && s != "https" && s != "", p.Src)
	}
	for i := range v.Preflight.Allowed.Set {
		h := &v.Preflight.Allowed.Set[i]
		n.add(Credentials, h.Name == "Access-Control-Allow-Credentials", h.Src)
		n.add(ReflectMethods, h.Value.Echo == EchoMethod, h.Src)
		n.add(ReflectHeaders, h.Value.Echo == EchoHeaders, h.Src)
	}
	n.add(Status200, v.Preflight.Allowed.Status == 200, v.Src)
	n.add(OriginGate, v.Actual.Refused.Status != 0, v.Src)
	return n.list
}

// needs collects the needs of a variant.
type needs struct {
	list []Need
	seen Feature
}

func (n *needs) add(f Feature, needed bool, at diag.Range) {
	if needed && n.seen&f == 0 {
		n.seen |= f
		n.list = append(n.list, Need{f, at})
	}
}
