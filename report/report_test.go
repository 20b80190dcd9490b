package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/report"
)

// at returns the range of the first occurrence of element in source.
func at(source, element string) diag.Range {
	start := strings.Index(source, element)
	line := strings.Count(source[:start], "\n") + 1
	column := start - strings.LastIndex(source[:start], "\n")
	return diag.Range{
		File:  "cors.hcl",
		Start: diag.Pos{Line: line, Column: column, Byte: start},
		End:   diag.Pos{Line: line, Column: column + len(element), Byte: start + len(element)},
	}
}

func text(t *testing.T, source string, color bool, found ...diag.Diagnostic) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Text(&b, found, map[string][]byte{"cors.hcl": []byte(source)}, color); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	source := "policy \"app\" {\n\tmax_age = 90000 # a day\r\n}\n"
	found := diag.Diagnostic{
		Code: "C313", Summary: "A max_age of 90000 seconds", Detail: "Write 86400 or less.",
		Range: at(source, "90000"), Related: []diag.Related{{Message: "the policy", Range: at(source, "policy")}},
	}
	want := `cors.hcl:2:12: error[C313] A max_age of 90000 seconds
  2 │  max_age = 90000 # a day
    │            ^^^^^
  Write 86400 or less.
  cors.hcl:1:1: the policy
`
	if d := cmp.Diff(want, text(t, source, false, found)); d != "" {
		t.Error(d)
	}
	if got := text(t, source, true, found); !strings.Contains(got, "\x1b[1;31merror[C313]\x1b[0m") {
		t.Errorf("no colour: %q", got)
	}
}

// TestTextOfWideSource checks that the marks stand below the element behind wide
// characters and combining ones.
func TestTextOfWideSource(t *testing.T) {
	source := "a = [\"漢字😀e\u0301\", \"ÿ漢\"]"
	want := "cors.hcl:1:19: error[C105] Summary\n  1 │ a = [\"漢字😀e\u0301\", \"ÿ漢\"]\n    │                 ^^^^^\n"
	got := text(t, source, false, diag.Diagnostic{Code: "C105", Summary: "Summary", Range: at(source, "\"ÿ漢\"")})
	if _, marks, _ := strings.Cut(got, "\n"); !strings.HasSuffix(want, marks) {
		t.Errorf("%s\n%s", got, want)
	}
}

// TestTextOfHostileSource checks that a terminal is never told what to do by a
// policy, and that a long line is shown in part.
func TestTextOfHostileSource(t *testing.T) {
	source := strings.Repeat("x", 100_000) + "\x1b[31m\x07\u202e ELEMENT \xff" + strings.Repeat("y", 100_000)
	got := text(t, source, false, diag.Diagnostic{
		Code: "C001", Summary: "Bad \x1b]0;title\x07", Detail: "Do\x1b[2J this.", Range: at(source, "ELEMENT"),
	})
	if strings.ContainsAny(got, "\x1b\x07\u202e") || len(got) > 1000 || !strings.Contains(got, "^^^^^^^") {
		t.Errorf("%d bytes: %.2000q", len(got), got)
	}
}

// TestTextWithoutPlace checks findings without a line and with ranges that do
// not fit the source.
func TestTextWithoutPlace(t *testing.T) {
	got := text(t, "short", false,
		diag.Diagnostic{Code: "C003", Summary: "Missing", Detail: "Write it."},
		diag.Diagnostic{Code: "C003", Summary: "Beyond", Range: diag.Range{File: "cors.hcl", Start: diag.Pos{Line: 9, Column: 1, Byte: 900}, End: diag.Pos{Line: 9, Column: 2, Byte: 901}}},
		diag.Diagnostic{Code: "C003", Summary: "Elsewhere", Range: diag.Range{File: "other.hcl", Start: diag.Pos{Line: 1, Column: 1}}},
	)
	want := "error[C003] Missing\n  Write it.\n\ncors.hcl:9:1: error[C003] Beyond\n\nother.hcl:1:1: error[C003] Elsewhere\n"
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestJSON(t *testing.T) {
	source := "a = \"<&>\""
	var b bytes.Buffer
	found := diag.List{{Code: "C103", Severity: diag.Warning, Summary: "<&>", Detail: "D.", Range: at(source, "<&>")}}
	if err := report.JSON(&b, report.Report{Findings: found}); err != nil {
		t.Fatal(err)
	}
	want := `{"version":1,"diagnostics":[{"code":"C103","slug":"default-port","severity":"warning","summary":"<&>","detail":"D.","file":"cors.hcl","range":{"start":{"line":1,"column":6,"byte":5},"end":{"line":1,"column":9,"byte":8}}}]}` + "\n"
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
	b.Reset()
	if err := report.JSON(&b, report.Report{}); err != nil || !json.Valid(b.Bytes()) || strings.Contains(b.String(), "null") {
		t.Errorf("%v: %s", err, b.String())
	}
}

// TestCommand checks that a command stays on one line, to be copied, in every
// format.
func TestCommand(t *testing.T) {
	found := diag.Diagnostic{Code: "C701", Summary: "S", Detail: "D.", Command: "curl " + strings.Repeat("-H 'A:  b' ", 30) + "\x1b"}
	command := strings.TrimSuffix(found.Command, "\x1b")
	if got := text(t, "", false, found); !strings.Contains(got, "\n  $ "+command) || strings.Contains(got, "\x1b") {
		t.Errorf("text: %q", got)
	}
	r := report.Report{Findings: diag.List{found}}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"json":   func(b *bytes.Buffer) error { return report.JSON(b, r) },
		"github": func(b *bytes.Buffer) error { return report.GitHub(b, r) },
		"sarif": func(b *bytes.Buffer) error {
			return report.SARIF(b, r, report.Tool{Page: func(string) string { return "" }})
		},
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil || !strings.Contains(b.String(), command) {
			t.Errorf("%s: %v %s", name, err, b.String())
		}
	}
}
