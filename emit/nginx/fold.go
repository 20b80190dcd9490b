package nginx

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corsgen/corsgen/ir"
)

// maxKey is the longest literal key that nginx takes with its default
// map_hash_bucket_size, which a file in the middle of the configuration cannot
// change.
const maxKey = 46

// folder looks up keys that may be longer than maxKey. Each of its levels takes
// the first 46 bytes off what is too long and puts a number in their place, and
// a blank, which no origin holds. Numbers are unique over all levels, and 0
// stands for what no key starts with, so that a folded value is equal to a
// folded key only if the whole values are equal.
type folder struct {
	name   string // distinguishes the variables of several folders
	plain  string // the variable that holds the whole value
	folded string // the variable that holds the folded one
	levels []level
	short  map[string]string // the folded form of long keys
	ids    int
}

// level is the source that a level folds, and the heads that it knows.
type level struct {
	source string
	heads  []entry
}

func newFolder(c *config, plain, name string, patterns []ir.Pattern) *folder {
	f := &folder{name: name, plain: plain, folded: plain, short: map[string]string{}}
	for _, p := range patterns {
		if text := p.String(); len(text) > maxKey {
			f.short[text] = text
		}
	}
	for long := f.long(); len(long) > 0; long = f.long() {
		f.fold(long)
		f.folded = c.variable(f.role("key"))
	}
	return f
}

// role returns the role of a variable of the latest level.
func (f *folder) role(kind string) string { return f.name + kind + strconv.Itoa(len(f.levels)) }

// long returns the keys that are still too long, sorted.
func (f *folder) long() []string {
	var long []string
	for text, short := range f.short {
		if len(short) > maxKey {
			long = append(long, text)
		}
	}
	slices.Sort(long)
	return long
}

func (f *folder) fold(long []string) {
	l := level{source: f.folded}
	ids := map[string]string{}
	for _, text := range long {
		head, tail := f.short[text][:maxKey], f.short[text][maxKey:]
		if ids[head] == "" {
			f.ids++
			ids[head] = strconv.Itoa(f.ids)
			l.heads = append(l.heads, entry{key: quoteKey(head), value: ids[head]})
		}
		f.short[text] = ids[head] + " " + tail
	}
	f.levels = append(f.levels, l)
}

func (f *folder) print(b *strings.Builder, c *config) {
	for i, l := range f.levels {
		variable := func(kind string) string { return c.variable(fmt.Sprintf("%s%s%d", f.name, kind, i+1)) }
		head, tail := variable("head"), variable("tail")
		mapping{source: head, variable: variable("id"), entries: append([]entry{{"default", "0", ""}}, l.heads...)}.print(b)
		cut := fmt.Sprintf("^(?<%s>.{%d})(?<%s>.+)$", head[1:], maxKey, tail[1:])
		mapping{source: l.source, variable: variable("key"), entries: []entry{
			{"default", l.source, ""},
			{quoteRegexp(cut), fmt.Sprintf(`"%s %s"`, variable("id"), tail), ""},
		}}.print(b)
	}
}

// source returns the variable in which to look up a policy's patterns.
func (f *folder) source(all []ir.Pattern) string {
	if slices.ContainsFunc(all, func(p ir.Pattern) bool { return f.short[p.String()] != "" }) {
		return f.folded
	}
	return f.plain
}

// entries returns the literal keys of a policy's patterns, with a value.
func (f *folder) entries(all []ir.Pattern, value string, places bool) []entry {
	var entries []entry
	for _, p := range all {
		e := entry{key: quoteKey(p.String()), value: value}
		if places {
			e.comment = at("", p.Src)
		}
		if short, ok := f.short[p.String()]; ok {
			e.key, e.comment = quoteKey(short), strings.TrimSpace(p.String()+" "+e.comment)
		}
		entries = append(entries, e)
	}
	return entries
}
