package conformance_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/diff"
	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/origin"
)

// TestRandomDiffs compares random pairs of policies with what the reference
// answers to many requests for both: there is no change exactly if a browser sees
// none, and every example is allowed by one side alone.
func TestRandomDiffs(t *testing.T) {
	pairs := 200
	if testing.Short() {
		pairs = 40
	}
	same := 0
	for seed := range pairs {
		g := newGenerator(uint64(seed), 11)
		before := g.policy("app")
		after := g.rewritten(before)
		a, b := mustCompile(t, before), mustCompile(t, after)
		d := diff.Compare(a, b)
		if d.Same() {
			same++
		}
		request := differs(g, &a.Policies[0].Variants[0], &b.Policies[0].Variants[0])
		if d.Same() != (request == "") {
			t.Errorf("seed %d: no change: %v, but a browser sees %q\n%s\n%s\n%s", seed, d.Same(), request, before, after, d.Headline())
		}
		checkExamples(t, d, a, b)
	}
	t.Logf("%d of %d pairs are the same", same, pairs)
	if same < pairs/10 || same > pairs*9/10 {
		t.Errorf("%d of %d pairs are the same; the test shows little", same, pairs)
	}
}

func mustCompile(t *testing.T, text string) *ir.Program {
	t.Helper()
	p, found := compiledText(text)
	if found != "" {
		t.Fatal(found, text)
	}
	return p
}

// rewritten returns a policy that is written otherwise, and often means
// something else.
func (g generator) rewritten(text string) string {
	for {
		lines := strings.Split(strings.TrimSpace(text), "\n")
		for range 1 + g.IntN(3) {
			at := 1 + g.IntN(len(lines)-2)
			switch name, value, _ := strings.Cut(lines[at], " = "); {
			case strings.HasPrefix(value, "["):
				lines[at] = name + " = " + g.rewrittenList(strings.TrimSpace(name), value)
			case g.oneIn(2):
				lines[at] = strings.NewReplacer("true", "false", "false", "true", "600", "60", "204", "200").Replace(lines[at])
			}
		}
		if out := strings.Join(lines, "\n") + "\n"; compiles(out) {
			return out
		}
	}
}

func compiles(text string) bool {
	_, found := compiledText(text)
	return found == ""
}

func (g generator) rewrittenList(name, value string) string {
	items := strings.Split(strings.Trim(value, "[]"), ", ")
	g.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	switch g.IntN(4) {
	case 0:
		return "[" + strings.Join(items[:max(1, len(items)-1)], ", ") + "]"
	case 1:
		if name == "allow_methods" {
			items = append(items, `"`+g.pick("GET", "POST", "DELETE")+`"`)
		} else if name == "allow_origins" {
			items = append(items, g.covered(items))
		} else {
			items = append(items, `"`+g.pick("content-type", "X-New", "Cache-Control")+`"`)
		}
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// covered returns an origin that one of items may cover, or a new pattern.
func (g generator) covered(items []string) string {
	p, err := origin.Parse(strings.Trim(items[g.IntN(len(items))], `"`))
	if err != nil || g.oneIn(3) {
		return `"` + g.pattern() + `"`
	}
	return `"` + p.Example() + `"`
}

// differs returns a request that a browser may send by one variant and not by the
// other, or that it sees other answers to, or "".
func differs(g generator, a, b *ir.Variant) string {
	before, after := eval.New(a), eval.New(b)
	origins := []string{"https://stranger.example", "null"}
	for _, p := range slices.Concat(a.Origins.Patterns, b.Origins.Patterns) {
		origins = append(origins, p.Example())
		for range 20 {
			origins = append(origins, g.member(p.String()))
		}
	}
	methods, headers := []string{"GET", "POST", "DELETE", "FOO"}, []string{"", "x-foo", "authorization"}
	for _, v := range []*ir.Variant{a, b} {
		for _, h := range v.Preflight.Allowed.Set {
			items := strings.Split(h.Value.Const, ", ")
			switch h.Name {
			case "Access-Control-Allow-Methods":
				methods = append(methods, items...)
			case "Access-Control-Allow-Headers":
				headers = append(headers, items...)
			}
		}
	}
	for _, o := range origins {
		for _, m := range methods {
			for _, h := range headers {
				if x, y := seen(before, o, m, h), seen(after, o, m, h); x != y {
					return fmt.Sprintf("%s %s %s: %s, then %s", o, m, h, x, y)
				}
			}
		}
	}
	return ""
}

// seen is what a browser makes of the answers to a request with and without
// credentials (https://fetch.spec.whatwg.org/#cors-preflight-fetch).
func seen(e *eval.Evaluator, from, method, header string) string {
	fields := []eval.Field{{Name: "Origin", Value: from}}
	actual := e.Decide(method, fields)
	ask := append(fields, eval.Field{Name: "Access-Control-Request-Method", Value: method})
	if header != "" {
		ask = append(ask, eval.Field{Name: "Access-Control-Request-Headers", Value: strings.ToLower(header)})
	}
	preflight := e.Decide("OPTIONS", ask)
	if !actual.Allowed {
		return fmt.Sprint("refused ", actual.Status)
	}
	credentials := field(actual, "Access-Control-Allow-Credentials") == "true"
	methodOK := slices.Contains([]string{"GET", "HEAD", "POST"}, method) || inList(preflight, "Access-Control-Allow-Methods", method, credentials, false)
	headerOK := header == "" || inList(preflight, "Access-Control-Allow-Headers", header, credentials, true)
	return fmt.Sprint(credentials, methodOK, headerOK, preflight.Status, field(preflight, "Access-Control-Max-Age"), exposed(actual))
}

func field(d eval.Decision, name string) string {
	for _, f := range d.Set {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

func inList(d eval.Decision, list, name string, credentials, isHeader bool) bool {
	for item := range strings.SplitSeq(field(d, list), ", ") {
		star := item == "*" && !credentials && !(isHeader && strings.EqualFold(name, "Authorization"))
		if star || item == name || isHeader && strings.EqualFold(item, name) {
			return true
		}
	}
	return false
}

// exposed returns the headers that a page may read because they are listed.
func exposed(d eval.Decision) string {
	items := strings.Split(strings.ToLower(field(d, "Access-Control-Expose-Headers")), ", ")
	slices.Sort(items)
	items = slices.DeleteFunc(slices.Compact(items), func(s string) bool {
		return slices.Contains([]string{"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}, s)
	})
	if slices.Contains(items, "*") {
		return "*"
	}
	return strings.Join(items, ",")
}

// checkExamples checks that each example is allowed by one program alone.
func checkExamples(t *testing.T, d *diff.Diff, a, b *ir.Program) {
	t.Helper()
	old, new := eval.New(&a.Policies[0].Variants[0]), eval.New(&b.Policies[0].Variants[0])
	for _, s := range d.Subjects {
		for _, c := range s.Changes {
			for _, p := range c.Origins {
				if len(p.Examples) == 0 {
					t.Errorf("no example: %+v", p)
				}
				for _, e := range p.Examples {
					request := []eval.Field{{Name: "Origin", Value: e}}
					before, after := old.Decide("GET", request).Allowed, new.Decide("GET", request).Allowed
					if before == after || after != (c.Effect == diff.Widens) {
						t.Errorf("%s: allowed before: %v, now: %v", e, before, after)
					}
				}
			}
		}
	}
}
