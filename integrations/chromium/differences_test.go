package chromium

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// listed are the differences between Chromium and the model. Each stands in
// docs/browser.md, by its title.
var listed = []struct {
	title     string
	what      string         // what differs first
	scenarios *regexp.Regexp // by their whole names
}{
	{"Authorization under `*`", "allowed", named(`\[Authorization( X-A)?\] and ACAH "\*"|ACMA, wildcards and Authorization|.*, wildcards: GET +/things with authorization from https://app.example.com`)},
	{"Client hints", "allowed", named(`(DPR|Device-Memory|Downlink|ECT|RTT|Save-Data|Viewport-Width|Width) ".*"`)},
	{"User-Agent", "allowed", named(`User-Agent "x"`)},
	{"Two lines of Content-Type", "exchanges", named(`two Content-Types`)},
	{"Ranges beyond 64 bits", "exchanges", named(`Range "bytes=(0-)?9{20}-?"`)},
	{"Max ages that are no number of seconds", "exchanges", named(`ACMA "(-1|-600|-0)", at once|ACMA "(\+600|9223372036854775808|9{23})", after .*`)},
	{"A blank in front of the colon", "allowed", named(`ACAO lines \["Access-Control-Allow-Origin : \*"\]`)},
	{"Header names that are not ASCII", "readable headers", named(`a header name that is not ASCII`)},
	{"Status 407", "allowed", named(`status 407`)},
	{"Status 407", "console", named(`status 407 of a preflight`)},
	{"An empty Location", "allowed", named(`redirect to an empty URL`)},
	{"Passwords within the page's origin", "allowed", named(`redirect a password, within the page's origin`)},
	{"Redirects to other schemes", "console", named(`redirect to (ftp|javascript):`)},
	{"Redirects in mode same-origin", "console", named(`redirect mode same-origin`)},
	{"Passwords in messages", "console", named(`to https://user:secret@.*`)},
	{"Numbers as hosts", "console", named(`ACAO "https://1\.2\.(3\.4\.5|999\.4)"`)},
	{"Methods in lower case and nginx", "allowed", named(`nginx, (fonts|wildcards|reflected): patch .*`)},
}

func named(pattern string) *regexp.Regexp { return regexp.MustCompile("^(" + pattern + ")$") }

// explained reports whether a difference is listed.
func explained(name string, d []string) bool {
	what, _, _ := strings.Cut(d[0], "\n")
	for _, l := range listed {
		if l.what == what && l.scenarios.MatchString(name) {
			return true
		}
	}
	return false
}

// demandDifference reports a scenario that is listed as different and is not.
func demandDifference(t *testing.T, name string) {
	t.Helper()
	for _, l := range listed {
		if l.scenarios.MatchString(name) {
			t.Errorf("%s: Chromium does what the model does now; take %q out of the list and of docs/browser.md", name, l.title)
		}
	}
}

// TestDifferencesAreDocumented checks that docs/browser.md has every difference.
func TestDifferencesAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/browser.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range listed {
		if !strings.Contains(string(text), "\n| "+l.title+" |") {
			t.Errorf("docs/browser.md does not list %q", l.title)
		}
	}
}
