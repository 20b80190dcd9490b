package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/internal/golden"
)

var (
	ruleLink  = regexp.MustCompile(`\[(C\d+)\]\(rules/(C\d+)\.md\)`)
	attack    = regexp.MustCompile("`attacks/([a-z-]+)`")
	proof     = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z]+)`")
	linked    = regexp.MustCompile(`\]\(\.\./testdata/golden/`)
	firstLine = regexp.MustCompile(`^# ([a-z-]+)(?::|$)`)
)

// TestSecurity checks that what docs/security.md says shows an attack is there:
// the rules are checked, the requests are among those of the golden case, and the
// tests exist. That they pass is up to them.
func TestSecurity(t *testing.T) {
	page := readFile(t, "../../docs/security.md")
	attacks, tests := attackNames(t), testNames(t)
	rows := 0
	for row := range strings.Lines(page) {
		cells := strings.Split(strings.Trim(row, "|\n"), " | ")
		if len(cells) != 4 || strings.HasPrefix(row, "| ---") || strings.HasPrefix(row, "| attack or") {
			continue
		}
		rows++
		checkProofs(t, cells[3], attacks, tests)
	}
	if rows < 40 {
		t.Errorf("only %d lines were found", rows)
	}
	for name := range attacks {
		if name != "allowed" && !strings.Contains(page, "`attacks/"+name+"`") {
			t.Errorf("docs/security.md does not name attacks/%s", name)
		}
	}
}

// checkProofs checks the last cell of a line.
func checkProofs(t *testing.T, cell string, attacks map[string]bool, tests []string) {
	found := len(linked.FindAllString(cell, -1)) // TestLinks checks the rest
	for _, m := range ruleLink.FindAllStringSubmatch(cell, -1) {
		found++
		if rule, ok := diag.LookupRule(m[1]); !ok || rule.Planned || m[1] != m[2] {
			t.Errorf("%s: the rule %s is not checked", cell, m[1])
		}
	}
	for _, m := range attack.FindAllStringSubmatch(cell, -1) {
		found++
		if !attacks[m[1]] {
			t.Errorf("%s: there is no request %s", cell, m[1])
		}
	}
	for _, m := range proof.FindAllStringSubmatch(cell, -1) {
		found++
		if !slices.Contains(tests, m[1]) {
			t.Errorf("%s: there is no test %s", cell, m[1])
		}
	}
	if found == 0 || found != strings.Count(cell, ", ")+1 {
		t.Errorf("%q names something that nothing shows", cell)
	}
}

// attackNames returns the names of the requests in the golden case of attacks.
func attackNames(t *testing.T) map[string]bool {
	text := readFile(t, "../../testdata/golden/attacks/requests.txt")
	if _, err := golden.Parse(text); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for line := range strings.Lines(text) {
		if m := firstLine.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			names[m[1]] = true
		}
	}
	return names
}

var testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)

// testNames returns the names of all tests of the module.
func testNames(t *testing.T) []string {
	var names []string
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range testFunction.FindAllSubmatch(text, -1) {
			names = append(names, string(m[1]))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
