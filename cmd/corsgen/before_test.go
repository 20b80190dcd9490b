package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/internal/golden"
)

// beforeAfter is an example of docs/rules/README.md: a policy, the messages, and
// the policy that they led to.
var beforeAfter = regexp.MustCompile("(?s)```hcl\n(.*?)```\n\n```text\n(.*?)```\n\n([^`]*)\n\n```hcl\n(.*?)```\n")

// TestBeforeAndAfter runs the examples of docs/rules/README.md.
func TestBeforeAndAfter(t *testing.T) {
	const file = "../../docs/rules/README.md"
	page := readFile(t, file)
	examples := beforeAfter.FindAllStringSubmatch(page, -1)
	if len(examples) != 10 {
		t.Fatalf("%d examples", len(examples))
	}
	for _, m := range examples {
		messages := checkHere(t, m[1], false)
		checkHere(t, m[4], true)
		current := strings.Replace(m[0], "```text\n"+m[2]+"```", "```text\n"+messages+"```", 1)
		page = strings.Replace(page, m[0], current, 1)
	}
	golden.CompareFile(t, file, []byte(page))
}

// checkHere returns what check says about a policy, which must be sound or not.
func checkHere(t *testing.T, policy string, sound bool) (messages string) {
	t.Helper()
	t.Run("", func(t *testing.T) {
		t.Chdir(t.TempDir())
		if err := os.WriteFile("cors.hcl", []byte(policy), 0o666); err != nil {
			t.Fatal(err)
		}
		status, out, errs := corsgen("check", "--fail-on", "warning", "--today", "2026-01-01", "cors.hcl")
		if (status == 0) != sound {
			t.Errorf("%s\n%s%s", policy, out, errs)
		}
		if status, _, _ := corsgen("fmt", "--check", "cors.hcl"); status != 0 {
			t.Errorf("not in canonical layout:\n%s", policy)
		}
		messages = out
	})
	return messages
}
