package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/corsgen/corsgen/browser/reason"
	"github.com/corsgen/corsgen/internal/golden"
)

// TestDocumentedReasons keeps the vocabulary in docs/explain.md current.
func TestDocumentedReasons(t *testing.T) {
	const start, end = "<!-- reasons: printed from the vocabulary -->\n", "<!-- end of reasons -->"
	page := readFile(t, "../../docs/explain.md")
	before, rest, ok := strings.Cut(page, start)
	_, after, found := strings.Cut(rest, end)
	if !ok || !found {
		t.Fatal("docs/explain.md has no place for the reasons")
	}
	var table strings.Builder
	table.WriteString("| verdict | reason | meaning |\n| --- | --- | --- |\n")
	for _, e := range reason.All() {
		fmt.Fprintf(&table, "| %s | `%s` | %s |\n", verdict(e.Reason), e.Reason, e.Meaning)
	}
	golden.CompareFile(t, "../../docs/explain.md", []byte(before+start+table.String()+end+after))
}

var (
	session  = regexp.MustCompile("(?s)```console\n\\$ corsgen ([^\n]*)\n(.*?)```")
	argument = regexp.MustCompile(`"[^"]*"|\S+`)
)

// TestDocumentedSessions runs the commands that the documentation shows, on the
// first policy of their page and the files that it shows, and compares what they
// print. A command may end in "| head -3".
func TestDocumentedSessions(t *testing.T) {
	for _, file := range documents(t) {
		page := readFile(t, file)
		policy := hclBlock.FindStringSubmatch(page)
		if policy == nil || !session.MatchString(page) {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			now := session.ReplaceAllStringFunc(page, func(block string) string {
				line := session.FindStringSubmatch(block)[1]
				if strings.HasPrefix(line, "verify ") {
					return block // needs a server; see TestDocumentedVerify
				}
				return "```console\n$ corsgen " + line + "\n" + runSession(t, page, line) + "```"
			})
			golden.CompareFile(t, file, []byte(now))
		})
	}
}

// shownFile is a file on a page: its name is behind the language.
var shownFile = regexp.MustCompile("(?s)```\\w+ (\\S+)\n(.*?)```")

// runSession returns what a command line prints where cors.hcl is the first policy
// of a page.
func runSession(t *testing.T, page, line string) string {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "cors.hcl"), hclBlock.FindStringSubmatch(page)[1])
	for _, f := range shownFile.FindAllStringSubmatch(page, -1) {
		writeFile(t, filepath.Join(dir, f[1]), f[2])
	}
	return runIn(t, dir, line)
}

// runIn returns what a command line prints in a folder.
func runIn(t *testing.T, dir, line string) string {
	t.Helper()
	home, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chdir(dir); err != nil {
		t.Fatal(err)
	}
	defer os.Chdir(home)
	line, head, cut := strings.Cut(line, " | head -")
	var args []string
	for _, a := range argument.FindAllString(line, -1) {
		args = append(args, strings.ReplaceAll(strings.Trim(a, `"`), "\\`", "`"))
	}
	_, stdout, stderr := corsgen(args...)
	lines := strings.SplitAfter(stdout+stderr, "\n")
	if n, err := strconv.Atoi(head); cut && err == nil {
		lines = lines[:min(n, len(lines))]
	}
	return strings.Join(lines, "")
}

// TestManyTests checks that 10,000 tests in a file take seconds at most.
func TestManyTests(t *testing.T) {
	var src bytes.Buffer
	src.WriteString("policy \"app\" {\n  allow_origins = [\"https://pr-{digits}.preview.example.com\"]\n  allow_methods = [\"PUT\"]\n}\n")
	for i := range 10_000 {
		fmt.Fprintf(&src, "test \"preview %d\" {\n  policy = policy.app\n  origin = \"https://pr-%d.preview.example.com\"\n  method = \"PUT\"\n  expect = \"allowed\"\n}\n", i, i)
	}
	name := filepath.Join(t.TempDir(), "cors.hcl")
	if err := os.WriteFile(name, src.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if status, _, stderr := corsgen("test", name); status != 0 || stderr != "10000 tests, 0 failed\n" {
		t.Errorf("%d %.300s", status, stderr)
	}
	if took := time.Since(start); took > 10*time.Second { // 2 are the aim; a busy machine may take longer
		t.Errorf("took %v", took)
	}
}

// TestExamplePolicies runs the tests of the examples, and of what init writes.
func TestExamplePolicies(t *testing.T) {
	for file, want := range map[string]string{"starter.hcl": "4 tests", "../../examples/webapp/cors.hcl": "12 tests"} {
		if status, out, errs := corsgen("test", file); status != 0 || errs != want+", 0 failed\n" {
			t.Errorf("%s: %s%s", file, out, errs)
		}
		if status, out, _ := corsgen("fmt", "--check", file); status != 0 {
			t.Errorf("%s is not in canonical layout", out)
		}
	}
}
