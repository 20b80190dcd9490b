package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/policy"
)

// TestRanges checks that an error points at the text that is wrong, whatever it
// goes through. In the source «» stand around what is to be pointed at.
func TestRanges(t *testing.T) {
	tests := []struct{ name, src string }{
		{"literal", `ORIGINS = ["https://a.example", «"https://B.example"»]`},
		{"grapheme clusters", "ORIGINS = [\"e\u0308\", «\"https://B.example\"»]"},
		{"parentheses", `ORIGINS = [(«"https://B.example"»)]`},
		{"concat", `ORIGINS = concat(["https://a.example"], [«"https://B.example"»], [])`},
		{"concat of the same", `ORIGINS = concat(["https://a.example"], [«"https://B.example"»], [local.good])`},
		{"distinct", `ORIGINS = distinct([«"https://B.example"», "https://B.example"])`},
		{"sort", `ORIGINS = sort(["https://a.example", «"https://B.example"»])`},
		{"flatten", `ORIGINS = flatten([[["https://a.example"]], [«"https://B.example"»]])`},
		{"lower", `ORIGINS = [lower(«"HTTPS://A.EXAMPLE/"»)]`},
		{"trimspace", `ORIGINS = [trimspace(«" https://B.example "»)]`},
		{"replace", `ORIGINS = [replace(«"https://X.example"», "X", "B")]`},
		{"split", `ORIGINS = split(",", «"https://B.example,https://a.example"»)`},
		{"join", `ORIGINS = [«join(".", ["https://B", "example"])»]`},
		{"format", `ORIGINS = [«format("https://%s.example", "B")»]`},
		{"for", `ORIGINS = [for h in ["https://a.example", «"https://B.example"»] : h]`},
		{"for with a condition", `ORIGINS = [for h in ["https://a.example", «"https://B.example"»] : h if h != "https://a.example"]`},
		{"for over an object", `ORIGINS = [for k, h in { a = "https://a.example", b = «"https://B.example"» } : h]`},
		{"for with a template", `ORIGINS = [for h in ["a.example", «"B.example"»] : "https://${h}"]`},
		{"template", `ORIGINS = [«"https://${"A"}.${"B"}.example"»]`},
		{"template of one value", `ORIGINS = ["${local.bad}"]` + "\n" + `LOCALS bad = «"https://B.example"»`},
		{"conditional", `ORIGINS = [1 > 2 ? "https://A.example" : «"https://B.example"»]`},
		{"conditional lists", `ORIGINS = 1 < 2 ? [«"https://B.example"»] : []`},
		{"index", `ORIGINS = [["https://A.example", «"https://B.example"»][1]]`},
		{"dynamic index", `ORIGINS = [{ a = "https://A.example", b = «"https://B.example"» }[local.key]]` + "\n" + `LOCALS key = "b"`},
		{"splat", `ORIGINS = [{ o = "https://a.example" }, { o = «"https://B.example"» }][*].o`},
		{"merge", `ORIGINS = values(merge({ a = "https://a.example" }, { b = «"https://B.example"» }))`},
		{"lookup", `ORIGINS = [lookup({ a = «"https://B.example"» }, "a", "x")]`},
		{"expanded arguments", `ORIGINS = concat([["https://a.example"], [«"https://B.example"»]]...)`},
		{"local", `ORIGINS = concat(local.all, [])` + "\n" + `LOCALS all = ["https://a.example", «"https://B.example"»]`},
		{"local of locals", `ORIGINS = [for o in local.all : o]` + "\n" + `LOCALS all = [local.bad]` + "\n" + `LOCALS bad = «"https://B.example"»`},
		{"default of a variable", `ORIGINS = concat(var.hosts, [])` + "\n" + `variable "hosts" {` + "\n" + `type = list(string)` + "\n" + `default = ["https://a.example", «"https://B.example"»]` + "\n}"},
		{"origins block", `ORIGINS = origins.set` + "\n" + `origins "set" {` + "\n" + `list = ["https://a.example", «"https://B.example"»]` + "\n}"},
		{"number", `ORIGINS = concat(["https://a.example"], [«7»])`},
		{"number of a sum", `ORIGINS = concat(["https://a.example"], [«3 + 4»])`},
		{"null", `ORIGINS = concat(["https://a.example"], [«null»])`},
		{"list in a list", `ORIGINS = ["https://a.example", «[]»]`},
		{"heredoc", "ORIGINS = [«<<-E\n  https://B.example\n  E»\n]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := "locals {\n  good = \"https://c.example\"\n}\n" + tt.src
			src = strings.ReplaceAll(src, "LOCALS ", "}\nlocals {\n")
			src = strings.Replace(src, "ORIGINS", "policy \"app\" {\n allow_origins", 1)
			if first, rest, ok := strings.Cut(src, "\nvariable"); ok {
				src = first + "\n}\nvariable" + rest + "\n"
			} else if first, rest, ok := strings.Cut(src, "\norigins"); ok {
				src = first + "\n}\norigins" + rest + "\n"
			} else {
				src += "\n}\n"
			}
			checkRange(t, src, "cors.hcl")
		})
	}
}

func TestRangesInJSON(t *testing.T) {
	for _, src := range []string{
		`{"policy": {"app": {"allow_origins": ["https://a.example", «"https://B.example"»]}}}`,
		`{"policy": {"app": {"allow_origins": ["https://a.example", «"https:\/\/B.example"»]}}}`,
		`{"policy": {"app": {"allow_origins": ["https://a.example", «"https://${"B"}.example"»]}}}`,
		`{"policy": {"app": {"allow_origins": "${concat(local.a, [])}"}}, "locals": {"a": ["https://a.example", «"https://B.example"»]}}`,
		`{"policy": {"app": {"allow_origins": ["https://a.example", «7»]}}}`,
		`{"policy": {"app": {"allow_origins": ["https://a.example"], "max_age": «"600"»}}}`,
		"\ufeff{\n" + `"policy": {"app": {"allow_origins": [«"https://B.example"»]}}}`,
	} {
		t.Run(src, func(t *testing.T) {
			// In JSON, quotes in a template are escaped; the source above is
			// easier to read.
			src = strings.ReplaceAll(src, `${"B"}`, `${\"B\"}`)
			checkRange(t, src, "a.cors.hcl.json")
		})
	}
}

// checkRange loads a source and checks that all it reports is one error, at the
// text between « and ».
func checkRange(t *testing.T, src, name string) {
	t.Helper()
	before, rest, _ := strings.Cut(src, "«")
	wrong, after, _ := strings.Cut(rest, "»")
	_, _, diags, err := policy.LoadReader(strings.NewReader(before+wrong+after), name, policy.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range diags {
		if strings.Contains(d.Detail+d.Summary, "ë") { // only there to move columns
			continue
		}
		got = append(got, fmt.Sprintf("%s to %d", d.Range, d.Range.End.Byte))
	}
	line := before[strings.LastIndex(before, "\n")+1:]
	want := []string{fmt.Sprintf("%s:%d:%d to %d", name, 1+strings.Count(before, "\n"), 1+len([]rune(strings.ReplaceAll(line, "\u0308", ""))), len(before+wrong))}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s\n%v", diff, diags)
	}
}
