package ir

import "strings"

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

// Features returns what the variant needs of a target.
func (v *Variant) Features() Feature {
	var f Feature
	for _, p := range v.Origins.Patterns {
		if !p.Exact() {
			f |= Wildcards
		}
		if s := p.Scheme(); s != "http" && s != "https" && s != "" {
			f |= CustomSchemes
		}
	}
	for _, h := range v.Preflight.Allowed.Set {
		switch {
		case h.Name == "Access-Control-Allow-Credentials":
			f |= Credentials
		case h.Value.Echo == EchoMethod:
			f |= ReflectMethods
		case h.Value.Echo == EchoHeaders:
			f |= ReflectHeaders
		}
	}
	if v.Preflight.Allowed.Status == 200 {
		f |= Status200
	}
	if v.Actual.Refused.Status != 0 {
		f |= OriginGate
	}
	return f
}
