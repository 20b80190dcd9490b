package policy_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/policy"
)

// TestFormat formats each "NAME" of testdata/format into "NAME formatted".
func TestFormat(t *testing.T) {
	files, err := filepath.Glob("testdata/format/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(archive.Files); i += 2 {
			in, want := archive.Files[i], archive.Files[i+1]
			if want.Name != in.Name+" formatted" {
				t.Fatalf("%s: %s follows %s", file, want.Name, in.Name)
			}
			if d := cmp.Diff(string(want.Data), format(t, string(in.Data))); d != "" {
				t.Errorf("%s, %s (-want +got)\n%s", file, in.Name, d)
			}
		}
	}
}

// TestFormatBytes formats what no file of text can hold.
func TestFormatBytes(t *testing.T) {
	tests := []struct{ src, want string }{
		{"", ""},
		{"\n\n", ""},
		{"# a", "# a\n"},
		{"\ufeffa=1", "a = 1\n"},
		{"a=1\r\n\r\n\r\n# b  \r\nb=2\r\n", "a = 1\n\n# b\nb = 2\n"},
		{"a=[\r\n1,# b\r\n]\r\n", "a = [\n  1, # b\n]\n"},
		{"/* a\t\r\n   b */\r\na=1", "/* a\n   b */\na = 1\n"},
		{"a=<<E\r\n  b \r\n\r\n\r\nE\r\n", "a = <<E\r\n  b \r\n\r\n\r\nE\n"},
	}
	for _, test := range tests {
		if got := format(t, test.src); got != test.want {
			t.Errorf("%q: %q, want %q", test.src, got, test.want)
		}
	}
}

// TestFormatRefuses checks that what is not HCL is reported, and not formatted.
func TestFormatRefuses(t *testing.T) {
	for _, src := range []string{"a = [", "a = \"", "policy {", "a = 1 b = 2", "a = \xff", strings.Repeat("[", 1000), "/* a"} {
		if out, found := policy.Format("cors.hcl", []byte(src)); out != nil || !found.HasErrors() {
			t.Errorf("%.20q: %q, %v", src, out, found)
		}
	}
}

// TestFormatJSON checks that a file in JSON syntax is left alone.
func TestFormatJSON(t *testing.T) {
	const src = `{"policy":   {}}`
	if out, found := policy.Format("a.cors.hcl.json", []byte(src)); string(out) != src || len(found) > 0 {
		t.Errorf("%s, %v", out, found)
	}
}

func format(t *testing.T, src string) string {
	t.Helper()
	out, found := policy.Format("cors.hcl", []byte(src))
	if found.HasErrors() {
		t.Fatalf("%q: %v", src, found)
	}
	if again, _ := policy.Format("cors.hcl", out); !bytes.Equal(out, again) {
		t.Errorf("a second time (-first +second)\n%s", cmp.Diff(string(out), string(again)))
	}
	return string(out)
}

// FuzzFormat checks that formatting twice is formatting once, and that the
// program, what is wrong with it, the comments and their order stay.
func FuzzFormat(f *testing.F) {
	f.Add(wholeNative, uint64(1))
	for _, pattern := range []string{"testdata/errors/*.hcl", "testdata/format/*.txtar", "../testdata/golden/*/policy.hcl", "../examples/*/cors.hcl", "../testdata/sound/*.hcl"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			for _, part := range append(txtar.Parse(src).Files, txtar.File{Data: src}) {
				for seed := range uint64(20) {
					if len(part.Data) < 4_000 {
						f.Add(string(part.Data), seed)
					}
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, src string, seed uint64) {
		src = disturb(src, seed)
		out, found := policy.Format("cors.hcl", []byte(src))
		if found.HasErrors() {
			return
		}
		again, _ := policy.Format("cors.hcl", out)
		if d := cmp.Diff(string(out), string(again)); d != "" {
			t.Errorf("a second time (-first +second)\n%s", d)
		}
		if d := cmp.Diff(words(src), words(string(out))); d != "" {
			t.Errorf("tokens (-before +after)\n%s", d)
		}
		if d := cmp.Diff(meaning(src), meaning(string(out))); d != "" {
			t.Errorf("meaning (-before +after)\n%s", d)
		}
	})
}

// disturb puts blanks, line breaks and comments between a few tokens of src. With
// seed 0 it leaves src as it is.
func disturb(src string, seed uint64) string {
	if seed == 0 {
		return src
	}
	random := rand.New(rand.NewPCG(seed, 0))
	tokens, _ := hclsyntax.LexConfig([]byte(src), "", hcl.InitialPos)
	noise := []string{"\n", "\n\n\n", " ", "\t ", "/* a */", " # b \n", "// c\n", "\r\n", "/* d\n */", ","}
	var b strings.Builder
	end := 0
	for _, token := range tokens {
		start := token.Range.Start.Byte
		if start < end || start > len(src) { // behind a byte order mark
			return src
		}
		b.WriteString(src[end:start])
		if random.IntN(len(tokens)/4+1) == 0 {
			b.WriteString(noise[random.IntN(len(noise))])
		}
		end = start
	}
	return b.String() + src[end:]
}

// words returns the tokens of src, then its comments, without what layout is
// made of: blanks around them, line breaks, and commas, with which a list may end.
func words(src string) []string {
	tokens, _ := hclsyntax.LexConfig([]byte(src), "", hcl.InitialPos)
	var code, comments []string
	for _, token := range tokens {
		switch text := string(token.Bytes); token.Type {
		case hclsyntax.TokenComment:
			for line := range strings.Lines(text) {
				comments = append(comments, strings.TrimRight(line, " \t\r\n"))
			}
		case hclsyntax.TokenNewline, hclsyntax.TokenComma:
		default:
			code = append(code, text)
		}
	}
	return slices.Concat(code, comments)
}

// meaning returns what src compiles to, and what is wrong with it.
func meaning(src string) []string {
	source, _, found, err := policy.LoadReader(strings.NewReader(src), "cors.hcl", policy.Options{})
	if err != nil {
		return []string{err.Error()}
	}
	compiled, more := compile.Program(source)
	result := []string{compiled.String()}
	for _, d := range slices.Concat(found, more) {
		result = append(result, d.Code+" "+d.Summary)
	}
	return result
}
