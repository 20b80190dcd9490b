package golang

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dave/jennifer/jen"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// BenchmarkMatchers compares printed matchers with other ways to do the same. It
// measures in a program of its own, all in turns, and logs a table of medians.
//
// go test ./emit/go -bench Matchers -run '^$'
func BenchmarkMatchers(b *testing.B) {
	p := &ir.Program{Sources: []string{"cors.hcl"}}
	rivals := jen.NewFile("main")
	dir := b.TempDir()
	for _, set := range benchSets() {
		one := program(b, set.name, settings{origins: set.patterns})
		p.Policies = append(p.Policies, one.Policies...)
		key := ir.Identifier(set.name)
		set.printRivals(rivals, &namedVariant{Group: one.Policies[0].Groups()[0], key: key})
		rivals.Func().Id("init").Params().Block(jen.Id("add").Call(quote(set.name), quote("corsgen"), jen.Id("allows"+key)))
		set.writeQueries(b, dir)
	}
	files := printed(b, p, emit.Options{Package: "main"})
	var text bytes.Buffer
	if err := rivals.Render(&text); err != nil {
		b.Fatal(err)
	}
	files["rivals.go"], files["main.go"] = text.String(), benchMain
	at := write(b, files)
	goCommand(b, at, "build", "-o", "bench.exe", ".")
	out, err := exec.Command(filepath.Join(at, "bench.exe"), dir).CombinedOutput()
	if err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	fmt.Printf("ns a match\n%s", out) // a log is cut short
}

type benchSet struct {
	name     string
	patterns []string
	worst    []string // origins that cost the most, as far as is known
}

func benchSets() []benchSet {
	var sets []benchSet
	long := []string{"https://" + strings.Repeat("a", 504), "https://" + strings.Repeat("a.", 251) + "a", "https://" + strings.Repeat("a", 8192)}
	for _, n := range []int{1, 3, 5, 16, 128, 1000, 10_000, 100_000} {
		sets = append(sets, benchSet{"origins" + strconv.Itoa(n), originsOf(n), long})
	}
	for _, n := range []int{1, 3, 5, 16, 24, 100, 600} {
		sets = append(sets, benchSet{"patterns" + strconv.Itoa(n), mixedPatterns(n), long})
	}
	return append(sets, craftedSets()...)
}

// craftedSets are patterns that overlap on origins made for that: some take a
// long label each, some are all of other shapes.
func craftedSets() []benchSet {
	deep, shapes, crossed := make([]string, 600), make([]string, 600), make([]string, 600)
	overlap := make([]string, maxPatterns)
	for i := range deep {
		deep[i] = fmt.Sprintf("https://**.a%d-*.example.com", i)
		split := 1 + i%60
		shapes[i] = "https://**." + strings.Repeat("1", split) + "{digits}" + strings.Repeat("1", 61-split) + strings.Repeat(".x", i/60) + ".example.com"
		crossed[i] = "https://" + strings.Repeat("b", 1+i/60) + "*" + strings.Repeat("b", 10-i/60) +
			"." + strings.Repeat("1", split) + "{digits}" + strings.Repeat("1", 61-split) + ".example.com"
		if i < len(overlap) {
			overlap[i] = "https://" + strings.Repeat("a", split) + "*" + strings.Repeat("a", 61-split) + ".example.com"
		}
	}
	long := func(c string, n int) string { return strings.Repeat(c, n) }
	return []benchSet{
		{"deep600", deep, []string{
			"https://" + long("a.", 240) + "a599-!.example.com", "https://" + long("a", 480) + "!.a599-b.example.com",
			"https://" + long("a.", 240) + "a9999-b.example.com", "https://b.a599-" + long("a", 475) + "!.example.com",
		}},
		{"shapes600", shapes, []string{
			"https://b." + long("1", 65) + "b" + long("1", 420) + ".example.com", "https://b." + long("1", 420) + "b" + long("1", 65) + ".example.com",
			"https://b!." + long("1", 485) + ".example.com", "https://b." + long("1", 61) + ".example.com",
		}},
		{"crossed600", crossed, []string{
			"https://" + long("b", 100) + "." + long("1", 190) + "b" + long("1", 190) + ".example.com",
			"https://" + long("b", 50) + "!" + long("b", 50) + "." + long("1", 380) + ".example.com",
		}},
		{"overlap16", overlap, []string{"https://" + long("a", 425) + "!" + long("a", 65) + ".example.com"}},
	}
}

// mixedPatterns are patterns of seven shapes and more.
func mixedPatterns(n int) []string {
	forms := []string{
		"https://*.NAME.example.com", "https://pr-*.preview.NAME.example", "https://**.NAME.example.org", "https://deploy-{digits}.NAME.example",
		"https://NAME-*.apps.example.net", "https://*.NAME.example:*", "http://*--NAME.pages.example.com:8080",
	}
	patterns := make([]string, n)
	for i := range patterns {
		patterns[i] = strings.ReplaceAll(forms[i%len(forms)], "NAME", "customer"+strconv.Itoa(i*i))
	}
	return patterns
}

// printRivals prints other matchers for a set.
func (s benchSet) printRivals(file *jen.File, v *namedVariant) {
	add := func(name string, allows jen.Code) {
		file.Func().Id("init").Params().Block(jen.Id("add").Call(quote(s.name), quote(name), allows))
	}
	m := newMatcher(v)
	m.key = "Rival" + v.key
	switch n := len(s.patterns); {
	case len(m.exact.entries) == 0:
		m.patterns, m.shapes = v.Variant.Origins.Patterns, nil
		if !strings.HasSuffix(s.name, "600") || s.name == "patterns600" {
			m.print(file)
			add("one by one", jen.Id("allows"+m.key))
		}
		m.key, m.patterns = "Is"+m.key, nil
		for _, p := range v.Variant.Origins.Patterns {
			one := &shape{shape: piecesOf(p).shape()}
			one.add(p.String(), p.Src, piecesOf(p).literals...)
			m.shapes = append(m.shapes, one)
		}
		m.print(file)
		add("taken apart", jen.Id("allows"+m.key))
		if n > 4 {
			return
		}
	case n <= 1000:
		arms := jen.Switch(jen.Id("origin")).BlockFunc(func(g *jen.Group) {
			for _, p := range s.patterns {
				g.Case(quote(p)).Block(jen.Return(jen.True()))
			}
		})
		file.Func().Id("allows"+m.key).Params(jen.Id("origin").String()).Bool().Block(arms, jen.Return(jen.False()))
		add("switch", jen.Id("allows"+m.key))
	}
	if len(m.exact.entries) > 0 {
		m.exact.print(file, m.key, "origins")
		add("hash", jen.Func().Params(jen.Id("origin").String()).Bool().Block(jen.Return(m.exact.lookUp(jen.Id("origin"), m.key))))
		add("map", jen.Id("inMap").Call(quote(s.name)))
		add("binary search", jen.Id("inSorted").Call(quote(s.name)))
	}
}

// writeQueries writes the origins that a set is asked for, of each kind a file.
func (s benchSet) writeQueries(b *testing.B, dir string) {
	r := rand.New(rand.NewPCG(3, 4))
	parsed := variant(b, settings{origins: s.patterns}).Origins.Patterns
	hits := make([]string, 0, len(parsed))
	for _, p := range parsed {
		if p.Exact() {
			hits = append(hits, p.String())
			continue
		}
		hit := member(r, p.String())
		for !p.Match(hit) {
			hit = member(r, p.String())
		}
		hits = append(hits, hit)
	}
	known := map[string]bool{}
	for _, hit := range hits {
		known[hit] = true
	}
	wild := slices.DeleteFunc(slices.Clone(parsed), func(p ir.Pattern) bool { return p.Exact() })
	var near, far []string
	for _, hit := range hits[:min(len(hits), 4096)] {
		other := []byte(hit)
		other[len(other)/2] ^= 1
		if known[string(other)] || slices.ContainsFunc(wild, func(p ir.Pattern) bool { return p.Match(string(other)) }) {
			continue
		}
		near = append(near, string(other))
	}
	for i := range 1000 {
		far = append(far, fmt.Sprintf("https://www.%d.attacker%d.test", i*i, i), fmt.Sprintf("http://site%d.test:8%d", i, i))
	}
	for kind, origins := range map[string][]string{"hit": hits, "same": hits[len(hits)/2:][:1], "near": near, "far": far, "worst": s.worst} {
		if err := os.WriteFile(filepath.Join(dir, s.name+"."+kind), []byte(strings.Join(origins, "\n")), 0o600); err != nil {
			b.Fatal(err)
		}
	}
}

const benchMain = `package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

type rival struct {
	set, name string
	allows    func(string) bool
}

var rivals []rival

func add(set, name string, allows func(string) bool) { rivals = append(rivals, rival{set, name, allows}) }

func read(set, kind string) []string {
	b, err := os.ReadFile(filepath.Join(os.Args[1], set+"."+kind))
	if err != nil {
		panic(err)
	}
	lines := strings.Split(string(b), "\n")
	for i := range lines {
		lines[i] = strings.Clone(lines[i])
	}
	return lines
}

func inMap(set string) func(string) bool {
	known := map[string]bool{}
	for _, l := range read(set, "hit") {
		known[l] = true
	}
	return func(origin string) bool { return known[origin] }
}

func inSorted(set string) func(string) bool {
	known := read(set, "hit")
	slices.Sort(known)
	return func(origin string) bool { _, ok := slices.BinarySearch(known, origin); return ok }
}

var kinds = []string{"same", "hit", "near", "far", "worst"}

const rounds, batches = 9, 40

var sink int

// measure returns the ns of a call. What is asked for is in the cache, as in a
// server that has just read it; the lists are where the last calls left them.
func measure(r *rand.Rand, allows func(string) bool, queries []string) float64 {
	times := make([]float64, batches)
	batch := make([]string, 256)
	for _, q := range queries { // warm up
		allows(q)
	}
	for b := range times {
		for i := range batch {
			batch[i] = queries[r.IntN(len(queries))]
			for j := range len(batch[i]) {
				sink += int(batch[i][j])
			}
		}
		start := time.Now()
		for _, q := range batch {
			if allows(q) {
				sink++
			}
		}
		times[b] = float64(time.Since(start).Nanoseconds()) / float64(len(batch))
	}
	return median(times)
}

func median(x []float64) float64 { slices.Sort(x); return x[len(x)/2] }

func main() {
	r := rand.New(rand.NewPCG(1, 2))
	times := map[string][]float64{}
	queries := map[string][]string{}
	for _, v := range rivals {
		for _, kind := range kinds {
			queries[v.set+kind] = read(v.set, kind)
		}
		for _, kind := range kinds {
			for _, q := range queries[v.set+kind] {
				if v.allows(q) != (kind == "hit" || kind == "same") {
					panic(v.set + " " + v.name + " is wrong about " + q)
				}
			}
		}
	}
	for range rounds {
		for _, v := range rivals {
			for _, kind := range kinds {
				k := v.set + v.name + kind
				if kind != "worst" {
					times[k] = append(times[k], measure(r, v.allows, queries[v.set+kind]))
					continue
				}
				most := 0.0
				for _, q := range queries[v.set+kind] {
					most = max(most, measure(r, v.allows, []string{q}))
				}
				times[k] = append(times[k], most)
			}
		}
	}
	fmt.Println("| set | matcher |", strings.Join(kinds, " | "), "|")
	for _, v := range rivals {
		fmt.Printf("| %s | %s |", v.set, v.name)
		for _, kind := range kinds {
			fmt.Printf(" %.1f |", median(times[v.set+v.name+kind]))
		}
		fmt.Println()
	}
}
`
