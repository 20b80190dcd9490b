package policy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgen/corsgen/policy"
)

// finding is the code of a diagnostic and the line that it starts on.
type finding struct {
	Line int
	Code string
}

// marker is a comment in testdata/errors: "# ERROR C103" at the end of a line
// says that a diagnostic with the code starts on that line, on a line by itself
// that it starts on the next. Several codes stand side by side.
var marker = regexp.MustCompile(`# ERROR((?: C[0-9]{3})+)\s*$`)

func markers(src string) []finding {
	var all []finding
	for i, line := range strings.Split(src, "\n") {
		m := marker.FindStringSubmatchIndex(line)
		if m == nil {
			continue
		}
		at := i + 1
		if strings.TrimSpace(line[:m[0]]) == "" {
			at++
		}
		for _, code := range strings.Fields(line[m[2]:m[3]]) {
			all = append(all, finding{at, code})
		}
	}
	return all
}

// TestErrors demands of each file in testdata/errors exactly the diagnostics
// that its markers name.
func TestErrors(t *testing.T) {
	files, err := filepath.Glob("testdata/errors/*.hcl")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			p, sources, diags, err := policy.Load([]string{file}, policy.Options{ToolVersion: "1.2.3"})
			if err != nil || p == nil || sources[file] == nil {
				t.Fatal(p, err)
			}
			var got []finding
			for _, d := range diags {
				got = append(got, finding{d.Range.Start.Line, d.Code})
				t.Logf("%s: %s: %s. %s", d.Range, d.Code, d.Summary, d.Detail)
			}
			slices.SortStableFunc(got, func(a, b finding) int { return a.Line - b.Line })
			if diff := cmp.Diff(markers(string(src)), got); diff != "" {
				t.Errorf("(-markers +diagnostics)\n%s", diff)
			}
		})
	}
}
