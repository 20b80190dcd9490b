package ir

import "strings"

// IsToken reports whether s is one token
// (https://www.rfc-editor.org/rfc/rfc9110#name-tokens).
func IsToken(s string) bool {
	for i := range len(s) {
		if !isTokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func isTokenByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' ||
		strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// IsTokenList reports whether s is token *( OWS "," OWS token ).
func IsTokenList(s string) bool {
	for item := range strings.SplitSeq(s, ",") {
		if !IsToken(strings.Trim(item, " \t")) {
			return false
		}
	}
	// OWS belongs between tokens, not around the list.
	return s == strings.Trim(s, " \t")
}
