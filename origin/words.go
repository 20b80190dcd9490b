package origin

import "strings"

// Words returns p in words for people, such as "any subdomain of example.com on
// any port". It is for https unless it says otherwise; an exact origin is as it is.
func (p Pattern) Words() string {
	switch {
	case p.text == Null:
		return "documents without an origin of their own (null)"
	case p.Exact():
		return p.text
	}
	words := p.hostWords()
	switch p.port {
	case "":
	case "*":
		words += " on any port"
	default:
		words += " on port " + p.port
	}
	if p.scheme == "http" {
		words += " over plain http"
	}
	return words
}

func (p Pattern) hostWords() string {
	rest := p.labels
	words := "any subdomain of "
	if whole := (Label{Wild: Star}); !p.deep && len(rest) > 1 && rest[0] == whole {
		rest, words = rest[1:], "any direct subdomain of "
	}
	if p.labels == nil || !p.deep && len(rest) == len(p.labels) {
		words = ""
	}
	host := p.host
	if words != "" {
		_, host, _ = strings.Cut(host, ".")
	}
	if hasWild(rest) {
		return words + "a host of the form " + host
	}
	return words + host
}
