package fix_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/fix"
)

// at returns a fix of the element of src that « and » mark, and src without the
// marks.
func at(src, old string, replacement ...string) (string, *diag.Fix) {
	before, rest, _ := strings.Cut(src, "«")
	element, after, _ := strings.Cut(rest, "»")
	x := &diag.Fix{Old: old, New: replacement}
	x.Range.Start.Byte, x.Range.End.Byte = len(before), len(before)+len(element)
	return before + element + after, x
}

// TestApply checks single fixes, in the syntax that the name stands for. An empty
// want says that the fix does not apply.
func TestApply(t *testing.T) {
	tests := []struct {
		name, src, old string
		new            []string
		want           string
	}{
		// An element becomes another one.
		{"a.hcl", `x = [ «"A"» , "b" ] # c`, "A", []string{"a"}, `x = [ "a" , "b" ] # c`},
		{"a.hcl", `x = concat(["b"], [for o in [«"A"»] : o])`, "A", []string{"a"}, `x = concat(["b"], [for o in ["a"] : o])`},
		{"a.hcl", `x = [lower(«"A"»)]`, "a", []string{"b"}, ``},
		{"a.hcl", `x = [«"a\tb\u0041$${c}"»]`, "a\tbA${c}", []string{"\"\\${"}, `x = ["\"\\$${"]`},
		{"a.hcl", `x = [«"${var.x}"»]`, "${var.x}", []string{"y"}, ``},
		{"a.hcl", `x = [«"%{if true}a%{endif}"»]`, "a", []string{"y"}, ``},
		{"a.hcl", `x = [«local.a»]`, "A", []string{"a"}, ``},
		{"a.json", `{"x": [«"A\/"»]}`, "A/", []string{"<a>"}, `{"x": ["<a>"]}`},
		{"a.json", `{"x": [«"${var.x}"»]}`, "${var.x}", []string{"a"}, ``},

		// An element goes.
		{"a.hcl", `x = ["a", «"b"»]`, "b", nil, `x = ["a"]`},
		{"a.hcl", `x = ["a", «"b"»,]`, "b", nil, `x = ["a",]`},
		{"a.hcl", `x = [ «"a"», "b" ]`, "a", nil, `x = [ "b" ]`},
		{"a.hcl", `x = ["a", «"b"», "c"]`, "b", nil, `x = ["a", "c"]`},
		{"a.hcl", `x = [«"a"»]`, "a", nil, `x = []`},
		{"a.hcl", "x = [\n  \"a\", # one\n  «\"b\"», # two\n]", "b", nil, "x = [\n  \"a\", # one\n  # two\n]"},
		{"a.hcl", "x = [\n  \"a\", # one\n  «\"b\"»\n]", "b", nil, "x = [\n  \"a\" # one\n]"},
		{"a.hcl", "x = [\r\n  \"a\",\r\n  «\"b\"»,\r\n  \"c\",\r\n]", "b", nil, "x = [\r\n  \"a\",\r\n  \"c\",\r\n]"},
		{"a.hcl", "x = [\"a\",\n  «\"b\"»]", "b", nil, "x = [\"a\"\n  ]"},
		{"a.hcl", "x = [\"a\", «\"b\"»,\n  \"c\"]", "b", nil, "x = [\"a\",\n  \"c\"]"},
		{"a.hcl", `x = [«"a"» /* , */ , "b"]`, "a", nil, `x = [/* , */  "b"]`},
		{"a.hcl", `x = concat(«"a"», ["b"])`, "a", nil, ``},
		{"a.hcl", `x = [local.y[«"a"»]]`, "a", nil, ``},
		{"a.hcl", `x = [true ? "b" : «"a"»]`, "a", nil, ``},
		{"a.hcl", `x = «"a"»`, "a", nil, ``},
		{"a.hcl", "y = \"]${\"[\"}[\" # [\n/* [ */\nz = <<E\n[ \"\nE\nx = [«\"a\"», \"b\"]", "a", nil, "y = \"]${\"[\"}[\" # [\n/* [ */\nz = <<E\n[ \"\nE\nx = [\"b\"]"},
		{"a.json", `{"x": ["a", «"b"»]}`, "b", nil, `{"x": ["a"]}`},
		{"a.json", "{\"x\": [\n  \"a\",\n  «\"b\"»\n]}", "b", nil, "{\"x\": [\n  \"a\"\n]}"},
		{"a.json", `{«"x"»: ["a"]}`, "x", nil, ``},

		// An element becomes several.
		{"a.hcl", `x = [«"a b"»]`, "a b", []string{"a", "b"}, `x = ["a", "b"]`},
		{"a.hcl", "x = [\n\t«\"a b\"», # c\n]", "a b", []string{"a", "b"}, "x = [\n\t\"a\",\n\t\"b\", # c\n]"},
		{"a.json", "{\"x\": [\r\n  «\"a b\"»\r\n]}", "a b", []string{"a", "b"}, "{\"x\": [\r\n  \"a\",\r\n  \"b\"\r\n]}"},

		// Lists of origins.
		{"a.txt", "«A»  # c\nb\n", "A", []string{"a"}, "a  # c\nb\n"},
		{"a.txt", "# c\n«a»\nb\n", "a", nil, "# c\nb\n"},
		{"a.txt", "b\r\n  «a» \r\n", "a", nil, "b\r\n"},
		{"a.txt", "b\n«a»", "a", nil, "b"},
		{"a.txt", "«a»", "a", nil, ""},
		{"a.txt", "b\n«a» # c\n", "a", nil, "b\n# c\n"},
		{"a.txt", "\ufeff«a b»\n", "a b", []string{"a", "b"}, "\ufeffa\nb\n"},
		{"a.txt", "«a, b» # c\r\n", "a, b", []string{"a", "b"}, "a\r\nb # c\r\n"},
		{"a.txt", "x «a»\n", "a", nil, ``},

		// Blocks.
		{"a.hcl", "p {\n  a = 1\n\n  «q \"x\" {\n    b = 1\n  }»\n\n  r {}\n}\n", "", nil, "p {\n  a = 1\n\n  r {}\n}\n"},
		{"a.hcl", "p {\r\n  «q {\r\n  }»\r\n\r\n  a = 1\r\n}\r\n", "", nil, "p {\r\n  a = 1\r\n}\r\n"},
		{"a.hcl", "p {\n  a = 1\n  «q {\n  }» # c\n}\n", "", nil, "p {\n  a = 1\n  # c\n}\n"},
		{"a.json", `{"p": {"a": 1, "risk": {«"x": {"b": 1}»}}}`, "", nil, `{"p": {"a": 1}}`},
		{"a.json", `{"p": {"risk": {«"x": {"b": 1}», "y": {}}, "a": 1}}`, "", nil, `{"p": {"risk": {"y": {}}, "a": 1}}`},
		{"a.json", `{"p": {"risk": [{«"x": {"b": 1}»}, {"y": {}}], "a": 1}}`, "", nil, `{"p": {"risk": [{"y": {}}], "a": 1}}`},
		{"a.json", `{"p": {"risk": {«"x": [{"b": 1}», {"c": 1}]}, "a": 1}}`, "", nil, ``},
	}
	for _, test := range tests {
		src, x := at(test.src, test.old, test.new...)
		want, applies := test.want, test.want != "" || test.src == "«a»"
		if !applies {
			want = src
		}
		got, applied := fix.NewFile(test.name, []byte(src)).Apply([]*diag.Fix{x})
		if d := cmp.Diff(want, string(got)); d != "" || applied[0] != applies {
			t.Errorf("%s (-want +got)\n%s", test.src, d)
		}
	}
}

// TestApplySeveral marks the elements to remove with a capital letter.
func TestApplySeveral(t *testing.T) {
	tests := []struct{ src, want string }{
		{`["A", "B", "C"]`, `[]`},
		{`["a", "B", "C"]`, `["a"]`},
		{`["A", "b", "C"]`, `["b"]`},
		{`["A", "B", "c"]`, `["c"]`},
		{`["A", "b", "C", ]`, `["b", ]`},
		{"[\n  \"A\", \"B\",\n  \"c\"\n]", "[\n  \"c\"\n]"},
		{"[\n  \"a\",\n  \"B\",\n  \"C\"\n]", "[\n  \"a\"\n]"},
		{"[\n  \"A\", // x\n  \"B\"\n]", "[\n  // x\n]"},
		{"[\n  \"a\", // x\n  \"B\", // y\n  \"C\"]", "[\n  \"a\" // x\n  // y\n  ]"},
	}
	for _, test := range tests {
		var fixes []*diag.Fix
		for i, c := range test.src {
			if 'A' <= c && c <= 'Z' {
				fixes = append(fixes, &diag.Fix{Old: string(c), Range: diag.Range{Start: diag.Pos{Byte: i - 1}, End: diag.Pos{Byte: i + 2}}})
			}
		}
		got, _ := fix.NewFile("a.hcl", []byte("x = "+test.src)).Apply(shift(fixes, 4))
		if d := cmp.Diff("x = "+test.want, string(got)); d != "" {
			t.Errorf("%s (-want +got)\n%s", test.src, d)
		}
	}
}

func shift(fixes []*diag.Fix, by int) []*diag.Fix {
	for _, x := range fixes {
		x.Range.Start.Byte += by
		x.Range.End.Byte += by
	}
	return fixes
}

// TestApplyNeighbours removes lines and blocks that share a newline or a blank
// line.
func TestApplyNeighbours(t *testing.T) {
	tests := []struct {
		name, src string
		parts     []string
		want      string
	}{
		{"a.txt", "a\nb", []string{"a", "b"}, ""},
		{"a.txt", "c\r\na\r\nb", []string{"a", "b"}, "c\r\n"},
		{"a.hcl", "p {\n  q {\n  }\n\n  r {\n  }\n\n  s = 1\n}\n", []string{"q {\n  }", "r {\n  }"}, "p {\n\n  s = 1\n}\n"},
		{"a.json", `{"p": {"a": {}, "b": {}, "c": 1}}`, []string{`"a": {}`, `"b": {}`}, `{"p": {"c": 1}}`},
	}
	for _, test := range tests {
		var fixes []*diag.Fix
		for _, part := range test.parts {
			x := &diag.Fix{}
			if len(part) == 1 {
				x.Old = part
			}
			x.Range.Start.Byte = strings.Index(test.src, part)
			x.Range.End.Byte = x.Range.Start.Byte + len(part)
			fixes = append(fixes, x)
		}
		got, _ := fix.NewFile(test.name, []byte(test.src)).Apply(fixes)
		if d := cmp.Diff(test.want, string(got)); d != "" {
			t.Errorf("%q (-want +got)\n%s", test.src, d)
		}
	}
}

// TestApplyConflicts makes the first of two fixes of one element, and says of
// one that is there twice that it is made.
func TestApplyConflicts(t *testing.T) {
	src, first := at(`x = [«"A"»]`, "A", "a")
	_, other := at(`x = [«"A"»]`, "A")
	got, applied := fix.NewFile("a.hcl", []byte(src)).Apply([]*diag.Fix{first, other, first})
	if d := cmp.Diff([]bool{true, false, true}, applied); d != "" || string(got) != `x = ["a"]` {
		t.Errorf("%s\n%s", got, d)
	}
}

// FuzzApply checks that no bytes and no places lead to a panic, and that a fix
// that does not apply changes nothing.
func FuzzApply(f *testing.F) {
	f.Add("a.hcl", "x = [\"a\", \"${[1]}\", <<E\n\nE\n]", 5, 8, "a", "b", byte(1))
	f.Add("a.json", `{"x": ["a", {"b": {}}]}`, 13, 20, "", "", byte(0))
	f.Add("a.txt", "\ufeffa # c\r\nb", 3, 4, "a", "", byte(0))
	f.Fuzz(func(t *testing.T, name, src string, start, end int, old, replacement string, n byte) {
		x := &diag.Fix{Old: old}
		for range n % 3 {
			x.New = append(x.New, replacement)
		}
		x.Range.Start.Byte, x.Range.End.Byte = start, end
		f := fix.NewFile(name, []byte(src))
		got, applied := f.Apply([]*diag.Fix{x})
		if !applied[0] && string(got) != src {
			t.Errorf("%q became %q", src, got)
		}
		next := *x
		next.Range.Start.Byte, next.Range.End.Byte = end+int(n)/4, 2*end+int(n)/4-start
		if next.Old != "" && next.Range.End.Byte <= len(src) && next.Range.Start.Byte >= 0 && next.Range.Start.Byte <= next.Range.End.Byte {
			next.Old = strings.Trim(src[next.Range.Start.Byte:next.Range.End.Byte], `"`)
		}
		f.Apply([]*diag.Fix{&next, x})
	})
}

// TestEditsOfLongList checks that a fix costs the same in a list of any length: a
// report asks for the edits of thousands of findings one by one.
func TestEditsOfLongList(t *testing.T) {
	const items = 100_000
	src := "x = [" + strings.Repeat(`"a", `, items) + "]"
	f := fix.NewFile("a.hcl", []byte(src))
	start := time.Now()
	for i := range items {
		x := diag.Fix{Old: "a"}
		x.Range.Start.Byte = len("x = [") + i*len(`"a", `)
		x.Range.End.Byte = x.Range.Start.Byte + len(`"a"`)
		if _, ok := f.Edits(x); !ok {
			t.Fatal("no edits for item", i)
		}
		if time.Since(start) > 20*time.Second {
			t.Fatal("too slow: after 20 s at item", i)
		}
	}
}
