package conformance_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/internal/golden"
)

// brokenPromise is an exchange that a server before a migration does not answer as
// promised.
type brokenPromise struct {
	server string // the folder, and the environment if there is one
	title  string
	text   string // the request, and how the answer differs
}

// broken returns what the servers in before*/ break.
func broken(t *testing.T, dir string, promised []golden.Exchange) []brokenPromise {
	t.Helper()
	befores, err := filepath.Glob(filepath.Join(dir, "before*"))
	if err != nil || len(befores) == 0 {
		t.Fatal(err, befores)
	}
	var all []brokenPromise
	for _, before := range befores {
		found := brokenBy(t, before, promised)
		if len(found) == 0 {
			t.Errorf("nothing is wrong with %s", before)
		}
		all = append(all, found...)
	}
	return all
}

// brokenBy returns what the server in a folder breaks.
func brokenBy(t *testing.T, before string, promised []golden.Exchange) []brokenPromise {
	t.Helper()
	upstream := conformance.StartUpstream(t)
	servers := map[string]*conformance.Client{}
	var found []brokenPromise
	for _, e := range promised {
		name := filepath.Base(before)
		if e.Environment != "" {
			name += " environment=" + e.Environment
		}
		if servers[name] == nil {
			addr, said := conformance.StartFolder(t, before, e.Environment, upstream.Addr)
			servers[name] = &conformance.Client{Addr: addr, Upstream: upstream}
			t.Cleanup(servers[name].Close)
			if addr == "" {
				found = append(found, brokenPromise{name, "The server starts.", "+ " + said + "\n"})
			}
		}
		if servers[name].Addr == "" {
			continue // nothing but this can be said
		}
		if text := breach(servers[name], e); text != "" {
			found = append(found, brokenPromise{name, e.Comment, requestText(e) + text})
		}
	}
	return found
}

// breach sends the request of an exchange and returns how the answer differs from the
// promised one.
func breach(c *conformance.Client, e golden.Exchange) string {
	got, err := c.Send(e.Request, e.Upstream)
	if err != nil {
		return "+ no answer\n"
	}
	promise, came := answerLines(e.Request, conformance.Expected(e)), answerLines(e.Request, got)
	var b strings.Builder
	switch {
	case got.Upstream && e.Upstream == nil:
		b.WriteString("+| the request arrives here\n")
	case !got.Upstream && e.Upstream != nil:
		b.WriteString("-| the request arrives here\n")
	}
	for _, l := range without(promise, came) {
		fmt.Fprintf(&b, "-< %s\n", l.text)
	}
	for _, l := range without(came, promise) {
		if !strings.HasPrefix(l.text, "Vary: ") { // one that is not needed does no harm
			fmt.Fprintf(&b, "+< %s\n", l.text)
		}
	}
	if m := stackTrace.FindStringSubmatch(c.Body); m != nil && got.Status != e.Response.Status {
		fmt.Fprintf(&b, "+ %s, and a stack trace\n", m[1])
	}
	return b.String()
}

// stackTrace matches the page that Express makes of an error.
var stackTrace = regexp.MustCompile(`<pre>(\w*Error: [^<]*)<br>.*:\d+:\d+\)`)

// without returns the lines of a that are not in b, by what they mean.
func without(a, b []answerLine) []answerLine {
	b = slices.Clone(b)
	var rest []answerLine
	for _, l := range a {
		i := slices.IndexFunc(b, func(other answerLine) bool { return other.meaning == l.meaning })
		if i < 0 {
			rest = append(rest, l)
		} else {
			b = slices.Delete(b, i, i+1)
		}
	}
	return rest
}

// requestText returns what an exchange says of its request and of its upstream.
func requestText(e golden.Exchange) string {
	text := fmt.Sprintf("> %s %s\n", e.Request.Method, e.Request.Target) + fieldsText("> ", e.Request.Fields)
	switch u := e.Upstream; {
	case u == nil:
		return text
	case u.Status == 0:
		return text + "| down\n"
	default:
		return text + fmt.Sprintf("| %d\n", u.Status) + fieldsText("| ", u.Fields)
	}
}

func fieldsText(speaker string, fields []golden.Field) string {
	var b strings.Builder
	for _, f := range fields {
		fmt.Fprintf(&b, "%s%s: %s\n", speaker, f.Name, f.Value)
	}
	return b.String()
}

// wrongText returns wrong.txt.
func wrongText(all []brokenPromise) string {
	var b strings.Builder
	b.WriteString("Printed by TestMigrations: what of requests.txt is not so before the migration. \"-\" is\n" +
		"a line that is promised, \"+\" what comes instead. Left out is what makes no difference\nto a browser or a cache.\n")
	server := ""
	for _, p := range all {
		if p.server != server {
			fmt.Fprintf(&b, "\n@ %s\n", p.server)
			server = p.server
		} else {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "# %s\n%s", p.title, p.text)
	}
	return b.String()
}

// titles returns the titles of what is broken, sorted.
func titles(all []brokenPromise) []string {
	var titles []string
	for _, p := range all {
		titles = append(titles, p.title)
	}
	slices.Sort(titles)
	return slices.Compact(titles)
}
