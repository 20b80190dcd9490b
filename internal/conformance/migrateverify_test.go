package conformance_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var verifyCommand = regexp.MustCompile(`(?m)^corsgen verify http://localhost(/\S+)$`)

// TestMigratedServers verifies what replaces a server, as its README says.
func TestMigratedServers(t *testing.T) {
	files, err := filepath.Glob("../../examples/migrate/*/README.md")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		command, dir := verifyCommand.FindStringSubmatch(string(text)), filepath.Dir(file)
		if command == nil {
			continue
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			upstream := httptest.NewServer(http.HandlerFunc(application))
			t.Cleanup(upstream.Close)
			program := load(t, policyOf(t, dir))
			addrs := inFolder(filepath.Join(dir, "after"))(t, program, "", strings.TrimPrefix(upstream.URL, "http://"))
			policy := program.Policies[0]
			demandNothing(t, dir, verifyAt(t, "http://"+addrs[policy.Name]+command[1], &policy.Variants[0], nil))
		})
	}
}
