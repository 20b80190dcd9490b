package golang

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/ir"
)

// TestMatchersCostNothing builds matchers of every kind and looks for what a
// program would pay: code that runs at start-up, and allocations.
func TestMatchersCostNothing(t *testing.T) {
	p := &ir.Program{Sources: []string{"cors.hcl"}}
	for name, origins := range map[string][]string{
		"one": originsOf(1), "five": originsOf(5), "thousand": originsOf(1000),
		"one_pattern": mixedPatterns(1), "five_patterns": mixedPatterns(5), "thousand_patterns": mixedPatterns(1000),
	} {
		p.Policies = append(p.Policies, program(t, name, settings{origins: origins}).Policies...)
	}
	files := printed(t, p, emit.Options{Package: "printed"})
	files["printed_test.go"] = allocationsTest
	dir := write(t, files)
	goCommand(t, dir, "build", "-o", "printed.a", ".")
	goCommand(t, dir, "test", ".")
	if n := initSize(t, filepath.Join(dir, "printed.a")); n > 8 {
		t.Errorf("%d bytes of code run at start-up", n)
	}
}

// initSize returns the size of what a package does at start-up. Some versions of
// the compiler leave a function that only returns, of one instruction.
func initSize(t *testing.T, archive string) int {
	t.Helper()
	out, err := exec.Command("go", "tool", "nm", "-size", archive).Output()
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, line := range strings.Split(string(out), "\n") {
		// address, size, type, name
		if fields := strings.Fields(line); len(fields) == 4 && strings.HasPrefix(fields[3], "printed.init") {
			n, err := strconv.Atoi(fields[1])
			if err != nil {
				t.Fatal(err)
			}
			size += n
		}
	}
	if !strings.Contains(string(out), "printed.allowsThousand") {
		t.Fatal("no symbols were read")
	}
	return size
}

const allocationsTest = `package printed

import "testing"

var queries = []string{
	"https://customer-0.example.com", "https://customer-7919.example.com", "https://a.customer0.example.com", "https://pr-7.preview.customer1.example",
	"https://a.b.c.customer4.example.org:8080", "https://deploy-7.customer9.example", "http://127.0.0.1:80", "null", "",
}

func TestAllocations(t *testing.T) {
	for _, allows := range []func(string) bool{
		allowsOne, allowsFive, allowsThousand, allowsOnePattern, allowsFivePatterns, allowsThousandPatterns,
	} {
		for _, q := range queries {
			if n := testing.AllocsPerRun(10, func() { allows(q) }); n != 0 {
				t.Errorf("%s: %v allocations", q, n)
			}
		}
	}
}
`
