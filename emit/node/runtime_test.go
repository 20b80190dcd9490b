package node_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/emit/node"
	"github.com/corsgen/corsgen/eval"
	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/origin"
)

// engine is a JavaScript engine that answers questions, one after the other.
type engine struct {
	in  io.WriteCloser
	out *bufio.Reader
}

func start(tb testing.TB) *engine {
	tb.Helper()
	conformance.Watch(tb, "testdata")
	cmd := exec.Command(conformance.Require(tb, "node", "node"), "testdata/runtime.mjs")
	in, inErr := cmd.StdinPipe()
	out, outErr := cmd.StdoutPipe()
	if inErr != nil || outErr != nil {
		tb.Fatal(inErr, outErr)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	e := &engine{in: in, out: bufio.NewReader(out)}
	e.ask(tb, question{Runtime: node.Runtime}, new(string))
	return e
}

type question struct {
	Runtime  string   `json:"runtime,omitempty"`
	Literal  string   `json:"literal,omitempty"`
	Patterns []string `json:"patterns,omitempty"`
	Set      int      `json:"set,omitempty"` // of the patterns that were told, by its number
	Origin   *string  `json:"origin,omitempty"`
	URL      *string  `json:"url,omitempty"`
}

func (e *engine) ask(tb testing.TB, q question, answer any) {
	tb.Helper()
	line, err := json.Marshal(q)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := e.in.Write(append(line, '\n')); err != nil {
		tb.Fatal(err)
	}
	got, err := e.out.ReadBytes('\n')
	if err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(got, answer); err != nil {
		tb.Fatalf("%s: %v", got, err)
	}
}

// FuzzQuote reads back from a real engine what was quoted, and demands that a page
// could inline it.
func FuzzQuote(f *testing.F) {
	var every []rune
	for r := range rune(0x300) {
		every = append(every, r)
	}
	for _, s := range []string{
		"", "a", string(every), "\u2028\u2029\ufeff", "</script><!--", `"`, `\`, `\"`, `\u0041`, "${x}`", "😀\U0010ffff", "\xff\xfe", "*/", "//", "\r\n", "]]>",
	} {
		f.Add(s)
	}
	e := start(f)
	f.Fuzz(func(t *testing.T, s string) {
		quoted := node.Quote(s)
		if strings.ContainsFunc(quoted, func(r rune) bool { return r < ' ' || r > '~' || r == '<' }) {
			t.Errorf("%q holds what a page could misread", quoted)
		}
		var got []rune
		e.ask(t, question{Literal: quoted}, &got)
		if string(got) != string([]rune(s)) {
			t.Errorf("%s is %q, want %q", quoted, string(got), s)
		}
	})
}

// patternSets are origins in every shape, alone and together.
func patternSets() [][]string {
	sets := [][]string{
		{"https://app.example.com", "null"},
		{"http://localhost:*"},
		{"http://[::1]:*", "http://[::1]:8080", "http://127.0.0.1:*"},
		{"https://*.example.com"},
		{"https://**.example.com"},
		{"https://{digits}.example.com:8443"},
		{"https://pr-{digits}-x.preview.example.com", "https://pr-*-y.preview.example.com:*"},
		{"https://v{digits}.*.example.com:*", "https://a-*-b.c-{digits}-d.example.com", "https://*.a.*.b.*.example.com"},
		{"https://**.a-*.example.com", "https://**.b.{digits}x.*.example.com:*", "https://*-x.x-*.example.org"},
		{"chrome-extension://ABCdefgh", "capacitor://localhost", "https://my_host.example"},
	}
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	var mixed []string
	for range 200 {
		p := pick("https", "http") + "://" + pick("", "", "**.")
		for range r.IntN(4) {
			p += pick("", "a", "x-", "0") + pick("*", "{digits}", "b", "b") + pick("", "-y", "a", "9") + "."
		}
		mixed = append(mixed, p+"example.com"+pick("", "", ":*", ":8080"))
	}
	return append(sets, mixed)
}

// FuzzMatch compares what the runtime matches with the slow, obvious matcher.
func FuzzMatch(f *testing.F) {
	e, sets := start(f), patternSets()
	parsed := make([][]origin.Pattern, len(sets))
	for i, set := range sets {
		e.ask(f, question{Patterns: set}, new(string))
		for n, text := range set {
			p, err := origin.Parse(text)
			if err != nil {
				f.Fatalf("%s: %v", text, err)
			}
			parsed[i] = append(parsed[i], p)
			for _, text := range variations(text) {
				if n < 20 {
					f.Add(i, text)
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, i int, text string) {
		if i < 0 || i >= len(sets) {
			t.Skip()
		}
		text = strings.ToValidUTF8(text, "?") // as JSON has it
		want := slices.ContainsFunc(parsed[i], func(p origin.Pattern) bool { return p.Match(text) })
		var got bool
		e.ask(t, question{Set: i, Origin: &text}, &got)
		if got != want {
			t.Errorf("%q matches %v: %v, want %v", text, sets[i], got, want)
		}
	})
}

// variations are origins that belong to a pattern, and such that nearly do.
func variations(pattern string) []string {
	fill := func(label, digits, labels, port string) string {
		text := strings.NewReplacer("**", labels, "*", label, "{digits}", digits).Replace(strings.TrimSuffix(pattern, ":*"))
		if strings.HasSuffix(pattern, ":*") {
			text += port
		}
		return text
	}
	like := fill("a-1_", "12", "a.b", "")
	return []string{
		pattern, like, like + ".", like + ":1", like + ":01", like + ":123456", strings.ToUpper(like), like + "\n", "x" + like, like[1:],
		fill("", "1", "a", ""), fill("a", "", "a", ""), fill("a", "1", "", ""), fill("a.b", "1", "a", ""), fill("a", "1x", "a..b", ""),
		fill("*", "{digits}", "**", ""), fill("é", "1", "a", ""), fill("a", "1", ".a", ":65535"), fill("a", "1", "a", ":*"), fill("a", "1", "a", ":0"),
		strings.Replace(like, "://", "://u@", 1), strings.Replace(like, "://", ":/", 1), fill(strings.Repeat("a", 600), "1", "a", ""),
	}
}

// FuzzPath compares the normal form of paths with that of the reference.
func FuzzPath(f *testing.F) {
	for _, s := range []string{
		"/", "/a", "/a/", "//", "/a//b", "/./a", "/a/..", "/../a", "/a/../../b", "/%61", "/%2F", "/%2f", "/%00", "/%", "/%zz", "/a%25b", "/a?b/../c", "/a#b", "*", "",
		"http://h/a", "https://h", "HTTP://h:1/../a", "http:///a", "/...", "/.a", "/a/.", "/%2e%2E/a", "/é", "/%C3%A9", "/a\\b", "host:443", "/a/%2e",
	} {
		f.Add(s)
	}
	e := start(f)
	f.Fuzz(func(t *testing.T, url string) {
		if strings.ContainsFunc(url, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Skip() // bytes that JSON changes; node:http refuses most
		}
		want, ok := eval.NormalPath(url)
		var got *string
		e.ask(t, question{URL: &url}, &got)
		if (got != nil) != ok || ok && *got != latin1(want) {
			t.Errorf("the path of %q is %s, want %q %v", url, show(got), want, ok)
		}
	})
}

// latin1 returns bytes as the characters that node:http makes of them.
func latin1(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

func show(s *string) string {
	if s == nil {
		return "none"
	}
	return fmt.Sprintf("%q", *s)
}
