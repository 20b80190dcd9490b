package verify

import (
	"net/url"
	"strings"
)

// curl returns a command for sh that sends a request and prints the head of the
// answer. What Target.Headers say is taken from variables of the shell.
func (t *Target) curl(p probe) string {
	words := []string{"curl", "-gsSI"}
	if t.Insecure {
		words = append(words, "-k")
	}
	words = append(words, "--noproxy", quote("*"))
	if p.method != "HEAD" { // with -I that is what curl sends
		words = append(words, "-X", p.method)
	}
	for _, f := range p.fields {
		value := f.Value
		if p.part == conditional && f.Name != "Origin" { // the server's words
			value = t.hidden(value)
		}
		words = append(words, "-H", quote(f.Name+": "+value))
	}
	if !p.preflight() {
		for _, h := range t.Headers {
			words = append(words, "-H", quote(h.Name+": ")+`"$`+variable(h.Name)+`"`)
		}
	}
	return strings.Join(append(words, quote(t.url(p, ""))), " ")
}

// plain are the characters that mean themselves to sh, wherever they stand in a
// word.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+,-"

// quote returns s as one word of sh.
func quote(s string) string {
	if s != "" && strings.Trim(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// variable returns the name of a variable for the value of a header.
func variable(header string) string {
	return "HEADER_" + strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToUpper(header))
}

// maxShown is how much of what a server says is repeated, in bytes.
const maxShown = 120

// shown returns what a server says as it may be printed: cut off, and without
// the secrets that were sent to it.
func (t *Target) shown(s string) string {
	s = t.hidden(s)
	if len(s) > maxShown {
		s = strings.ToValidUTF8(s[:maxShown], "") + "…"
	}
	return s
}

// hidden replaces the values of Headers, and the words of them, as in "Bearer
// TOKEN". What is very short is no secret.
func (t *Target) hidden(s string) string {
	const short = 4
	for _, h := range t.Headers {
		for _, secret := range append([]string{h.Value}, strings.Fields(h.Value)...) {
			if len(secret) >= short {
				s = strings.ReplaceAll(s, secret, "…")
			}
		}
	}
	return s
}

func escaped(path string) string { return (&url.URL{Path: path}).EscapedPath() }
