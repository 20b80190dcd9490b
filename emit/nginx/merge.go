package nginx

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/origin"
)

// minMerged is the number of patterns from which they are merged: what a crafted
// origin costs one of them is small, what it costs hundreds is not.
const minMerged = 8

const (
	maxMerged     = 128  // patterns in one regular expression
	maxExpression = 3900 // its bytes; nginx takes arguments of less than 4,096
)

// regexps returns the entries of patterns as regular expressions, for the
// request's origin, or for the view in which a "**." stands for itself.
func regexps(all []ir.Pattern, places, viewed bool) []entry {
	if len(all) >= minMerged {
		return append(listed(all, places), merge(all, viewed)...)
	}
	var entries []entry
	for _, p := range all {
		e := entry{key: quoteRegexp(plain(p, viewed)), value: "allowed"}
		if places {
			e.comment = at("", p.Src)
		}
		entries = append(entries, e)
	}
	return entries
}

// listed returns the patterns as comments, to be read instead of what they become.
func listed(all []ir.Pattern, places bool) []entry {
	var entries []entry
	for _, p := range all {
		if places {
			entries = append(entries, entry{comment: p.String() + at(", ", p.Src)})
		}
	}
	return entries
}

// plain returns the regular expression of one pattern.
func plain(p ir.Pattern, viewed bool) string {
	if viewed {
		return strings.Replace(p.Regexp(), `(?:[a-z0-9_-]+\.)+`, `\*\*\.`, 1)
	}
	return p.Regexp()
}

// alternative is a pattern as a regular expression in parts that a longer one
// can share.
type alternative struct {
	text  string
	atoms []string
}

// merge returns few regular expressions for many patterns. Each tells by the
// first letters which of its patterns may match.
func merge(all []ir.Pattern, viewed bool) []entry {
	var some []alternative
	for _, p := range all {
		some = append(some, alternative{p.String(), atoms(p.Pattern, viewed)})
	}
	return mergeAll(some, "allowed", "patterns")
}

// mergeAll returns the entries that give what matches some alternative a value.
// No alternative may be the start of another. The noun is for comments.
func mergeAll(all []alternative, value, noun string) []entry {
	slices.SortFunc(all, func(a, b alternative) int {
		return cmp.Or(slices.Compare(a.atoms, b.atoms), cmp.Compare(a.text, b.text))
	})
	var entries []entry
	for some := range slices.Chunk(all, maxMerged) {
		entries = append(entries, mergeSome(some, value, noun)...)
	}
	return entries
}

func mergeSome(some []alternative, value, noun string) []entry {
	key, half := quoteRegexp(union(some, 0)), len(some)/2
	if len(key) > maxExpression && half > 0 {
		return append(mergeSome(some[:half], value, noun), mergeSome(some[half:], value, noun)...)
	}
	comment := some[0].text
	if len(some) > 1 {
		comment = fmt.Sprintf("%d %s, %s to %s", len(some), noun, comment, some[len(some)-1].text)
	}
	return []entry{{key, value, comment}}
}

// union returns a regular expression for what follows the first n atoms, which
// all alternatives share. They are sorted, and none is the start of another.
func union(all []alternative, n int) string {
	if len(all) == 1 {
		return strings.Join(all[0].atoms[n:], "")
	}
	var parts []string
	for len(all) > 0 {
		atom := all[0].atoms[n]
		same := slices.IndexFunc(all, func(a alternative) bool { return a.atoms[n] != atom })
		if same < 0 {
			same = len(all)
		}
		parts = append(parts, atom+union(all[:same], n+1))
		all = all[same:]
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "(?:" + strings.Join(parts, "|") + ")"
}

// atoms returns a regular expression for p in parts. A wildcard takes all of its
// label at once and gives nothing back: what has to stand at the end of the
// label is asked for afterwards.
func atoms(p origin.Pattern, viewed bool) []string {
	all := append([]string{"^"}, letters(p.Scheme()+"://")...)
	switch {
	case p.Deep() && viewed:
		all = append(all, letters("**.")...)
	case p.Deep():
		all = append(all, `(?:[a-z0-9_-]++\.)+`)
	}
	if p.Labels() == nil {
		all = append(all, letters(p.Host())...)
	}
	for i, l := range p.Labels() {
		if i > 0 {
			all = append(all, `\.`)
		}
		all = append(append(all, letters(l.Prefix)...), ending(l)...)
	}
	switch p.Port() {
	case "":
	case "*":
		all = append(all, `(?::[1-9][0-9]{0,4})?`)
	default:
		all = append(all, letters(":"+p.Port())...)
	}
	return append(all, "$")
}

// ending returns the wildcard of a label and what follows it.
func ending(l origin.Label) []string {
	switch {
	case l.Wild == origin.None:
		return nil
	case l.Wild == origin.Star && l.Suffix == "":
		return []string{"[a-z0-9_-]++"}
	case l.Wild == origin.Star:
		return []string{fmt.Sprintf("[a-z0-9_-]{%d,}+", len(l.Suffix)+1), "(?<=" + regexp.QuoteMeta(l.Suffix) + ")"}
	case l.Suffix != "" && '0' <= l.Suffix[0] && l.Suffix[0] <= '9':
		return append([]string{"[0-9]+"}, letters(l.Suffix)...)
	default:
		return append([]string{"[0-9]++"}, letters(l.Suffix)...)
	}
}
