package apache_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/corsgen/corsgen/internal/conformance"
	"github.com/corsgen/corsgen/lintconfig/apache"
)

func lintText(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "httpd.conf")
	conformance.WriteFile(t, file, []byte(text))
	got := ""
	for _, d := range apache.Lint(file).Findings {
		got += fmt.Sprintf("%s %d:%d ", d.Code, d.Range.Start.Line, d.Range.Start.Column)
	}
	return strings.TrimSpace(got)
}

// TestSyntax checks what is said of files that Apache would refuse, that what it
// takes is taken, and that places are right.
func TestSyntax(t *testing.T) {
	const bad = "Header always set Access-Control-Allow-Origin"
	tests := []struct {
		text string
		want string // codes and places of the findings
	}{
		{"", ""},
		{"A b c\n# d\n\n  <E f>\n</e>", ""},
		{"<Location />\n" + bad + " 'a b'\n</Location>", "C536 2:1"},
		{"HEADER ALWAYS SET ACCESS-CONTROL-ALLOW-ORIGIN: \"a b\"", "C536 1:1"},
		{"# a comment that goes on \\\n" + bad + " 'a b'", ""},
		{"  Header \\\n  always \\\n set Access-Control-Allow-Origin 'a b'", "C536 1:3"},
		{"SetEnvIf \\\r\n   Origin \\\n  evil o\n" + bad + " %{o}e env=o\nHeader always merge Vary Origin", "C531 3:3"},
		{"SetEnvIf Origin : any\n" + bad + " * env=any", ""},
		{"Define X a\nDefine Y \"${X} b\"\n" + bad + " \"${Y}\"", "C536 3:1"},
		{"Include ${X}/a.conf", "C521 1:1"},
		{"Include missing.conf", "C008 1:1"},
		{"Include /dev/null", "C008 1:1"},
		{"IncludeOptional missing.conf", ""},
		{"<Macro m $x>\nHeader set Access-Control-Allow-Origin $x\n</Macro>\nUse m a", "C521 2:1"},
		{"<Perl>\n<If\n}\n</Perl>", ""},
		{"<IfModule x>\n" + bad + " 'a b'\n</IfModule>", "C536 2:1"},
		{"<A>\nB", "C520 1:1"},
		{"B\n</A>", "C520 2:1"},
		{"<A>\n</B>", "C520 2:1"},
		{"<Perl>", "C520 1:1"},
		{strings.Repeat("<A>\n", 200) + strings.Repeat("</A>\n", 200), "C007 101:1"},
	}
	for _, test := range tests {
		if got := lintText(t, test.text); got != test.want {
			t.Errorf("%.80q: %q, want %q", test.text, got, test.want)
		}
	}
}

// TestLarge checks that hostile configurations end soon.
func TestLarge(t *testing.T) {
	many := strings.Repeat
	const set = "Header set Access-Control-Allow-Origin %{a}e\n"
	tests := map[string]string{
		"itself":      "Include httpd.conf\nInclude httpd.conf\n",
		"directives":  many("a\n", 1_200_000),
		"sections":    many("<a>\n", 300_000),
		"one line":    many("a\\\n", 1_000_000),
		"headers":     many(set, 100_000),
		"locations":   many(set, 10_000) + many("<Location />\n"+set+"</Location>\n", 20_000),
		"hosts":       many("<VirtualHost *>\nServerName a\nServerAlias *.corsgen-vhost-only.invalid\n"+set+"</VirtualHost>\n", 30_000),
		"expressions": set + many("SetEnvIf Origin (a|b)*(c?d?e?f?.){1,100} a\n", 50_000),
		"values":      "Define a " + many("x", 1000) + "\n" + many("Define a ${a}${a}\n", 1000),
		"folders":     many("<Directory /a>\n</Directory>\n", 10_000) + many("<VirtualHost *>\nDocumentRoot /a\n</VirtualHost>\n", 10_000),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			file := filepath.Join(t.TempDir(), "httpd.conf")
			conformance.WriteFile(t, file, []byte(text))
			apache.Lint(file)
			if took := time.Since(start); took > time.Minute {
				t.Errorf("took %v", took)
			}
		})
	}
}

func FuzzLint(f *testing.F) {
	for _, c := range wireCases {
		f.Add(c.bad)
		f.Add(c.good)
	}
	f.Add("  Header \\\n  always \\\n set Access-Control-Allow-Origin 'a b'")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(strings.ToLower(text), "include") || strings.Contains(text, "/") {
			return // files of this machine
		}
		file := filepath.Join(t.TempDir(), "httpd.conf")
		conformance.WriteFile(t, file, []byte(text))
		result := apache.Lint(file)
		for _, d := range result.Findings {
			if source := result.Sources[d.Range.File]; d.Range.End.Byte > len(source) || d.Range.Start.Byte > d.Range.End.Byte {
				t.Errorf("%s at %v", d.Code, d.Range)
			}
		}
	})
}
