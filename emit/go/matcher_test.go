package golang

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/origin"
)

// patternSets are origins in every shape: alone, several wildcards, and enough
// of one form for a list.
func patternSets() [][]string {
	sets := [][]string{
		{"https://app.example.com"},
		{"null"},
		{"null", "a://b", "a://c", "a://d", "a://e", "a://f"},
		{"http://localhost:*"},
		{"http://[::1]:*", "http://[::1]:8080", "http://127.0.0.1:*"},
		{"https://*.example.com"},
		{"https://**.example.com"},
		{"https://{digits}.example.com:8443"},
		{"https://pr-{digits}-x.preview.example.com", "https://pr-*-y.preview.example.com:*"},
		{"https://v{digits}.*.example.com:*", "https://a-*-b.c-{digits}-d.example.com", "https://*.a.*.b.*.example.com"},
		{"https://**.a-*.example.com", "https://**.b.{digits}x.*.example.com:*", "https://*-x.x-*.example.org"},
		{"chrome-extension://ABCdefgh", "capacitor://localhost", "https://my_host.example"},
		append(originsOf(5), originsOf(5)...),
		{"null", "null"},
		originsOf(7), append(originsOf(100), "null", "https://*.example.org"), originsOf(3000),
	}
	var labels, deep, mixed []string
	for i := range 300 {
		labels = append(labels, fmt.Sprintf("https://*.c%d.example.com", i*i))
		deep = append(deep, fmt.Sprintf("https://**.c%d.example.com:8443", i*i))
		mixed = append(mixed, fmt.Sprintf("https://pr-{digits}.c%d.example.com", i), fmt.Sprintf("http://*.c%d.example.com", i))
	}
	sets = append(sets, thresholdSets()...)
	return append(sets, labels, deep, mixed, append(append(labels[:10:10], deep[:10]...), originsOf(10)...), randomPatterns(200))
}

// thresholdSets are as many origins as are still compared one by one, and one
// more, which are looked up.
func thresholdSets() [][]string {
	var sets [][]string
	for more := range 2 {
		var anyPort []string
		for i := range maxExact + more {
			anyPort = append(anyPort, fmt.Sprintf("http://127.0.%d.1:*", i))
		}
		few := []string{"https://**.x-*.example.com"} // alone, it makes the host be taken apart
		for i := range maxAlike + more {
			few = append(few, fmt.Sprintf("https://*-%d.example.com", i))
		}
		sets = append(sets, anyPort, few, originsOf(maxExact+more), mixedPatterns(maxPatterns+more), append(mixedPatterns(maxPatterns+more), anyPort...))
	}
	many := strings.Repeat("a.", 118) // labels, nearly as many as a host name holds
	return append(sets, []string{"https://*." + many + "example.com", "https://**." + many + "example.com:*", "https://**." + many + "*.example.org"})
}

func randomPatterns(n int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	patterns := make([]string, n)
	for i := range patterns {
		p := pick("https", "http") + "://" + pick("", "", "**.")
		for range r.IntN(4) {
			p += pick("", "a", "x-", "0") + pick("*", "{digits}", "b", "b") + pick("", "-y", "a", "9") + "."
		}
		patterns[i] = p + "example.com" + pick("", "", ":*", ":8080")
	}
	return patterns
}

// oracle is a program that runs the printed matchers of patternSets.
type oracle struct {
	mu       sync.Mutex
	in       io.Writer
	out      *bufio.Scanner
	variants []ir.Variant
	exact    []map[string]bool
	wild     [][]ir.Pattern
}

const oracleMain = `package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
)

func main() {
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		origin, err := strconv.Unquote(line[:len(line)-1])
		if err != nil {
			panic(err)
		}
		answer := make([]byte, len(matchers))
		for i, allows := range matchers {
			answer[i] = '0'
			if allows(origin) {
				answer[i] = '1'
			}
		}
		fmt.Println(string(answer))
	}
}

var matchers = []func(string) bool{MATCHERS}
`

func startOracle(tb testing.TB) *oracle {
	tb.Helper()
	o := &oracle{}
	p := &ir.Program{Sources: []string{"cors.hcl"}}
	var names []string
	for i, set := range patternSets() {
		one := program(tb, "p"+strconv.Itoa(i), settings{origins: set})
		p.Policies = append(p.Policies, one.Policies...)
		o.add(one.Policies[0].Variants[0])
		names = append(names, "allowsP"+strconv.Itoa(i))
	}
	files := printed(tb, p, emit.Options{Package: "main"})
	files["main.go"] = strings.Replace(oracleMain, "MATCHERS", strings.Join(names, ", "), 1)
	dir := write(tb, files)
	goCommand(tb, dir, "build", "-o", "oracle.exe", ".")
	cmd := exec.Command(filepath.Join(dir, "oracle.exe"))
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	o.in, o.out = in, bufio.NewScanner(out)
	return o
}

func (o *oracle) add(v ir.Variant) {
	exact := map[string]bool{}
	var wild []ir.Pattern
	for _, p := range v.Origins.Patterns {
		if p.Exact() {
			exact[p.String()] = true
		} else {
			wild = append(wild, p)
		}
	}
	o.variants, o.exact, o.wild = append(o.variants, v), append(o.exact, exact), append(o.wild, wild)
}

// check compares the printed matchers with the slow and obvious one.
func (o *oracle) check(tb testing.TB, origin string) {
	tb.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	fmt.Fprintf(o.in, "%s\n", strconv.QuoteToASCII(origin))
	if !o.out.Scan() {
		tb.Fatalf("the program died of %q", origin)
	}
	for i := range o.variants {
		want := o.exact[i][origin]
		for _, p := range o.wild[i] {
			want = want || p.Match(origin)
		}
		if got := o.out.Text()[i] == '1'; got != want {
			tb.Errorf("%q: printed matcher %d says %t, want %t", origin, i, got, want)
		}
	}
}

// member returns an origin that a pattern matches, most of the time.
func member(r *rand.Rand, pattern string) string {
	fill := func(of string) string {
		b := make([]byte, 1+r.IntN(4))
		for i := range b {
			b[i] = of[r.IntN(len(of))]
		}
		return string(b)
	}
	text := strings.Replace(pattern, "**", fill("ab")+strings.Repeat("."+fill("a0-_"), r.IntN(3)), 1)
	for strings.Contains(text, "{digits}") {
		text = strings.Replace(text, "{digits}", fill("0123456789"), 1)
	}
	text = strings.Replace(text, ":*", [...]string{"", ":1", ":65535", ":0", ":123456"}[r.IntN(5)], 1)
	for strings.Contains(text, "*") {
		text = strings.Replace(text, "*", fill("abxy09-_"), 1)
	}
	return text
}

func mutate(r *rand.Rand, s string) string {
	at := r.IntN(len(s))
	insert := [...]string{".", ":", "-", "a", "0", "A", "*", "\n", "é", "example.com", ".a", "x-", ":80", " "}[r.IntN(14)]
	switch r.IntN(4) {
	case 0:
		return s[:at] + s[at+1:]
	case 1:
		return s[:at] + insert + s[at+1:]
	case 2:
		return s + insert
	default:
		return s[:at] + insert + s[at:]
	}
}

func FuzzMatchers(f *testing.F) {
	o := startOracle(f)
	r := rand.New(rand.NewPCG(5, 6))
	for _, v := range o.variants {
		for i, p := range v.Origins.Patterns {
			if i == 30 {
				break
			}
			example := member(r, p.String())
			f.Add(example)
			for range 4 {
				f.Add(mutate(r, example))
			}
		}
	}
	for _, origin := range []string{"", "n", "https://", strings.Repeat("a", 513), "https://" + strings.Repeat("a.", 240) + "c4.example.com:8443"} {
		f.Add(origin)
	}
	f.Fuzz(func(t *testing.T, origin string) { o.check(t, origin) })
}

// tableOf returns the table of exact origins.
func tableOf(lines ...string) string {
	entries := make([]entry, len(lines))
	for i, line := range lines {
		entries[i] = entry{line, []string{line}}
	}
	return string(buildTable(entries))
}

func TestTables(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 31, 100, 1000, 20_000} {
		lines := originsOf(n)
		list, table := joinLines(lines), tableOf(lines...)
		for _, line := range lines {
			if !corsListed(line, list, table) {
				t.Fatalf("%d: %s is lost", n, line)
			}
			for _, other := range []string{line + "x", line[1:], line[:len(line)-1], line[:8], "", strings.ToUpper(line), "\n" + line, line + "\n"} {
				if corsListed(other, list, table) {
					t.Fatalf("%d: %q is found", n, other)
				}
			}
		}
		if two := strings.Join(lines[:min(2, n)], "\n"); n > 1 && corsListed(two, list, table) {
			t.Fatal("two lines are found")
		}
	}
}

func FuzzTables(f *testing.F) {
	f.Add("aaaaaaaa aaaaaaab aaaaaaaaa", "aaaaaaab")
	f.Add("aaaaaaaaa baaaaaaaaa", "") // 'a' and 9 bytes, 'b' and 10: once the same under every seed
	f.Fuzz(func(t *testing.T, text, other string) {
		lines := map[string]bool{}
		var list []string
		for _, line := range strings.Fields(text) {
			if len(line) <= origin.MaxLength && !lines[line] {
				lines[line] = true
				list = append(list, line)
			}
		}
		if len(list) == 0 {
			return
		}
		table := tableOf(list...)
		for _, line := range append(list, other) {
			if corsListed(line, joinLines(list), table) != lines[line] {
				t.Errorf("%q in %q: want %t", line, list, lines[line])
			}
		}
	})
}
