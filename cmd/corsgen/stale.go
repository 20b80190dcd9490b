package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/policy"
)

// blame tells which lines of a policy a stale file differs in. Generated lines
// say in comments which line of the policy they come of; one without such a
// comment counts as the next one above that has one, up to what is the same for
// every program.
type blame struct {
	place   *regexp.Regexp
	sources map[string][]string // lines, by the names that comments use
}

// sameForAll ends the comment that what is printed of no policy starts with.
const sameForAll = " It is the same for every program."

func newBlame(sources policy.Sources) *blame {
	b := &blame{sources: map[string][]string{}}
	var names []string
	for file, text := range sources {
		name := emit.Comment(filepath.Base(file))
		b.sources[name] = strings.Split(string(text), "\n")
		names = append(names, regexp.QuoteMeta(name))
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	b.place = regexp.MustCompile(`(?:` + strings.Join(names, "|") + `):[0-9]+`)
	return b
}

// words says what made a file stale, as far as its comments tell, in lines.
func (b *blame) words(c emit.Change) string {
	if c.State != emit.Stale {
		return fmt.Sprintf("%s is %s\n", c.Path, c.State)
	}
	old, new := b.lines(c.Old), b.lines(c.New)
	now, before := missing(new, old), missing(old, new)
	switch {
	case len(now) > 0:
		return fmt.Sprintf("%s is stale in what comes of these lines\n%s", c.Path, b.quote(now))
	case len(before) > 0:
		return fmt.Sprintf("%s is stale: it has what came of %s, which is gone\n", c.Path, strings.Join(most(before), ", "))
	case slices.EqualFunc(old, new, func(a, b placed) bool { return a.text == b.text }):
		return fmt.Sprintf("%s is stale: only the places of policy lines in its comments have moved\n", c.Path)
	default:
		return fmt.Sprintf("%s is stale\n", c.Path)
	}
}

// placed is a generated line without places and alignment, and the place that it
// comes of, "" if there is none.
type placed struct{ text, place string }

func (b *blame) lines(content []byte) []placed {
	var all []placed
	at := ""
	for line := range strings.SplitSeq(string(content), "\n") {
		if found := b.place.FindString(line); found != "" {
			at = found
		} else if strings.HasSuffix(line, sameForAll) {
			at = ""
		}
		text := strings.Join(strings.Fields(b.place.ReplaceAllString(line, "")), " ")
		all = append(all, placed{text, at})
	}
	return all
}

// missing returns the places, sorted, of the lines that others do not have.
func missing(lines, others []placed) []string {
	has := map[string]int{}
	for _, l := range others {
		has[l.text]++
	}
	var places []string
	for _, l := range lines {
		if has[l.text]--; has[l.text] < 0 && l.place != "" {
			places = append(places, l.place)
		}
	}
	slices.SortFunc(places, comparePlaces)
	return slices.Compact(places)
}

func comparePlaces(a, b string) int {
	fileA, lineA := splitPlace(a)
	fileB, lineB := splitPlace(b)
	return cmp.Or(cmp.Compare(fileA, fileB), cmp.Compare(lineA, lineB))
}

func splitPlace(place string) (file string, line int) {
	i := strings.LastIndexByte(place, ':')
	line, _ = strconv.Atoi(place[i+1:])
	return place[:i], line
}

// quote returns lines of the policy with their places.
func (b *blame) quote(places []string) string {
	var text strings.Builder
	for _, p := range most(places) {
		file, line := splitPlace(p)
		quoted := ""
		if lines := b.sources[file]; 0 < line && line <= len(lines) {
			quoted = emit.Comment(strings.TrimSpace(lines[line-1]))
		}
		fmt.Fprintf(&text, "  %s: %s\n", p, quoted)
	}
	return text.String()
}

// most returns the first ten.
func most(places []string) []string { return places[:min(len(places), 10)] }
