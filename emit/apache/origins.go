package apache

import (
	"slices"
	"strings"

	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/origin"
)

// The wildcards of patterns and paths, as bytes that neither holds. They sort behind
// every literal byte, so that PCRE tries literals first.
const (
	wildDigits byte = 0xf0 + iota
	wildStar
	wildDeep
	wildPort
	someSlashes // of a path; segments of one dot between them are none
	wildEnd     // of a path
)

// word returns a pattern as a string in which each wildcard is one byte.
func word(p origin.Pattern) string {
	if p.Exact() {
		return p.String()
	}
	var b strings.Builder
	b.WriteString(p.Scheme() + "://")
	if p.Deep() {
		b.WriteByte(wildDeep)
	}
	if p.Labels() == nil { // an IP address with any port
		b.WriteString(p.Host())
	}
	for i, l := range p.Labels() {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(l.Prefix)
		switch l.Wild {
		case origin.Star:
			b.WriteByte(wildStar)
		case origin.Digits:
			b.WriteByte(wildDigits)
		}
		b.WriteString(l.Suffix)
	}
	switch p.Port() {
	case "":
	case "*":
		b.WriteByte(wildPort)
	default:
		b.WriteString(":" + p.Port())
	}
	return b.String()
}

// An atom is the expression for one byte of a word, and about the number of
// bytes that PCRE compiles it to.
func atom(c byte) (expression string, size int) {
	switch c {
	case wildDigits:
		return `[0-9]+`, 40
	case wildStar:
		return `[a-z0-9_-]+`, 40
	case wildDeep:
		return `(?:[a-z0-9_-]+\.)+`, 60
	case wildPort:
		return `(?::[1-9][0-9]{0,4})?`, 100
	case someSlashes:
		return `/(?:\.?/)*+`, 20
	case wildEnd:
		return `\z`, 2
	default:
		return regexpByte(c), 2
	}
}

// PCRE refuses expressions that compile to more than 64 KiB or nest groups more
// than 250 deep. Both limits are kept at a distance.
const (
	maxSize  = 40_000
	maxDepth = 100
)

// maxLiteral is how many bytes a literal of an expression may have. Apache's
// limit is 8,191.
const (
	maxLiteral = 8_000
	unlimited  = 1 << 30 // in SetEnvIf
)

// gate keeps letter case significant whatever RegexDefaultOptions
// says, and refuses origins that are too long before any other work.
const gate = `^(?-i)(?!.{513})`

// originExpressions returns regular expressions for Apache of which one matches
// the value of an Origin header exactly if one of the patterns does. They have at
// most maxText bytes, so far as a pattern alone has.
func originExpressions(patterns []ir.Pattern, maxText int) []string {
	words := make([]string, len(patterns))
	for i, p := range patterns {
		words[i] = word(p.Pattern)
	}
	slices.Sort(words)
	return format{start: gate, end: "$", maxSize: maxSize, maxText: maxText}.split(slices.Compact(words))
}

// format is the form of expressions, and their limits.
type format struct {
	start, end       string
	maxSize, maxText int
}

// split prints sorted words as one expression, or as several where there is a
// limit.
func (f format) split(words []string) []string {
	if len(words) == 0 {
		return nil
	}
	var t trie
	t.write(words, 0, 0)
	parts := max(t.size/f.maxSize, t.depth/maxDepth, t.text.Len()/f.maxText) + 1
	if parts == 1 || len(words) == 1 {
		return []string{f.start + t.text.String() + f.end}
	}
	var all []string
	for chunk := range slices.Chunk(words, (len(words)+parts-1)/parts) {
		all = append(all, f.split(chunk)...)
	}
	return all
}

// trie prints words as an expression in which no two branches start alike, so
// that a value is compared with one word and not with all.
type trie struct {
	text        strings.Builder
	size, depth int
}

// write prints sorted, distinct words that are the same up to from.
func (t *trie) write(words []string, from, depth int) {
	t.depth = max(t.depth, depth)
	first, last := words[0], words[len(words)-1]
	for from < len(first) && first[from] == last[from] {
		t.writeAtom(first[from])
		from++
	}
	if len(words) == 1 {
		return
	}
	optional := len(first) == from
	if optional {
		words = words[1:]
	}
	t.size += 6
	t.text.WriteString("(?:")
	for len(words) > 0 {
		n := branch(words, from)
		t.write(words[:n], from, depth+1)
		if words = words[n:]; len(words) > 0 {
			t.text.WriteByte('|')
			t.size += 3
		}
	}
	t.text.WriteByte(')')
	if optional {
		t.text.WriteByte('?')
		t.size++
	}
}

func (t *trie) writeAtom(c byte) {
	text, size := atom(c)
	t.text.WriteString(text)
	t.size += size
}

// branch returns how many of the sorted words have the same byte at from as the
// first one.
func branch(words []string, from int) int {
	for i, w := range words {
		if w[from] != words[0][from] {
			return i
		}
	}
	return len(words)
}
