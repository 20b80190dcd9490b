package report_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/report"
)

// TestLongLine checks that what is shown of a line does not cost its length: all
// of thousands of findings may be in one.
func TestLongLine(t *testing.T) {
	source := bytes.Repeat([]byte("a"), 8<<20)
	var found diag.List
	for i := range 50_000 {
		at := len(source) - 100_000 + i
		found = append(found, diag.Diagnostic{
			Code: "C103", Summary: fmt.Sprint(i),
			Range: diag.Range{File: "cors.hcl", Start: diag.Pos{Line: 1, Column: 1 + at, Byte: at}, End: diag.Pos{Line: 1, Column: 2 + at, Byte: at + 1}},
		})
	}
	start := time.Now()
	if err := report.Text(io.Discard, found, map[string][]byte{"cors.hcl": source}, false); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

// TestWindow checks which part of a line is shown, and where it is cut.
func TestWindow(t *testing.T) {
	a := func(n int) string { return strings.Repeat("a", n) }
	tests := []struct{ before, after, want string }{
		{"", "", "  1 │ X\n"},
		{a(60), a(99), "  1 │ " + a(60) + "X" + a(99) + "\n"},
		{a(61), a(100), "  1 │ …" + a(60) + "X" + a(99) + "…\n"},
		{a(60), a(99) + "\nb", "  1 │ " + a(60) + "X" + a(99) + "\n"},
		{"b\n" + a(60), "\r\nb", "  1 │ " + a(60) + "X\n"},
		{"b\n", "\n", "  1 │ X\n"},
	}
	for _, test := range tests {
		at := diag.Pos{Line: 1, Column: 1, Byte: len(test.before)}
		d := diag.Diagnostic{Code: "C103", Range: diag.Range{File: "f", Start: at, End: diag.Pos{Line: 1, Column: 2, Byte: at.Byte + 1}}}
		var b strings.Builder
		if err := report.Text(&b, diag.List{d}, map[string][]byte{"f": []byte(test.before + "X" + test.after)}, false); err != nil {
			t.Fatal(err)
		}
		if lines := strings.SplitAfter(b.String(), "\n"); lines[1] != test.want {
			t.Errorf("%.5q, %.5q: %q, want %q", test.before, test.after, lines[1], test.want)
		}
	}
}
