package apache_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/corsgen/corsgen/emit/apache"
	"github.com/corsgen/corsgen/internal/conformance"
)

// FuzzQuote reads back from a real Apache what was quoted. The values of one
// start are separated by NUL.
func FuzzQuote(f *testing.F) {
	var every []string
	for b := range 256 {
		every = append(every, fmt.Sprintf("a%cb", rune(b)), "x"+string([]byte{byte(b)})+`\`+string([]byte{byte(b)}))
	}
	f.Add(strings.Join(every, "\x00"))
	f.Add(strings.Join([]string{
		"", "a", `"`, `\`, `\\`, `\\\`, `\"`, `\\"`, `\n\r\t`, `%`, `%%`, `%{HOST}e`, `%s`, `$`, `$0`, `$1`, `${HOME}`, `$\{HOME}`, `${`, `$`, `{x}`, "`id`", "'", "#", "a # b",
		"expr=%{HTTP_HOST}", "env=x", "early", "*", "a, b", "M!#$%&'*+.^_`|~-", "(?i)a", "[a]", "a{3}", "^a$", "</VirtualHost>", "<If true>", "\\\n", "a\n", "ä\xff",
	}, "\x00"))
	f.Fuzz(func(t *testing.T, batch string) {
		values := strings.Split(batch, "\x00")
		a := conformance.NewApache(t)
		var lines strings.Builder
		for i, v := range values {
			if q, err := apache.QuoteValue(v); err == nil {
				fmt.Fprintf(&lines, "Header always set X-%d %s\n", i, q)
			}
			fmt.Fprintf(&lines, "SetEnvIf Value-%d %s v_%d\nHeader always set Match-%d yes env=v_%d\n", i, apache.Quote("^(?-i)"+literal(v)+"$"), i, i, i)
		}
		a.Hosts = []string{lines.String()}
		a.Global = "LimitRequestFields 0\nLimitRequestFieldSize 100000"
		readBack(t, a.Start(t)[0], values)
	})
}

// literal returns an expression that matches v alone.
func literal(v string) string {
	var b strings.Builder
	for i := range len(v) {
		b.WriteString(apache.RegexpByte(v[i]))
	}
	return b.String()
}

// readBack sends every value that can stand in a request and compares what comes
// back.
func readBack(t *testing.T, addr string, values []string) {
	t.Helper()
	var fields []string
	for i, v := range values {
		if sendable(v) {
			fields = append(fields, fmt.Sprintf("Value-%d: %s", i, v))
		}
	}
	got := ask(t, addr, "GET", "/", fields...).header
	for i, v := range values {
		if matched := got.Get(fmt.Sprintf("Match-%d", i)) == "yes"; v != "" && matched != sendable(v) {
			t.Errorf("the expression for %q matches: %t", v, matched)
		}
		back := got.Get(fmt.Sprintf("X-%d", i))
		if _, err := apache.QuoteValue(v); err == nil && back != strings.Trim(v, " \t") {
			t.Errorf("%q came back as %q", v, back)
		}
	}
}

func sendable(v string) bool {
	control := strings.ContainsFunc(v, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
	return v != "" && v == strings.Trim(v, " \t") && !control
}
