package report

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/corsgen/corsgen/diag"
)

// GitHub writes findings as workflow commands, which GitHub Actions shows beside
// the lines concerned
// (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
func GitHub(w io.Writer, r Report) error {
	var b strings.Builder
	c := newColumns(r.Sources)
	for _, d := range r.Findings {
		b.WriteString("::" + gitHubCommand(d.Severity) + " " + c.properties(d) + "::" + gitHubData(gitHubMessage(d)) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func gitHubCommand(s diag.Severity) string {
	if s == diag.Note {
		return "notice"
	}
	return s.String()
}

// properties returns where a finding is, and its title.
func (c *columns) properties(d diag.Diagnostic) string {
	var p []string
	add := func(name string, value any) { p = append(p, fmt.Sprintf("%s=%v", name, value)) }
	if d.Range.File != "" {
		add("file", gitHubProperty(filepath.ToSlash(d.Range.File)))
	}
	if start, end := c.of(d.Range); start.line > 0 {
		add("line", start.line)
		add("endLine", end.line)
		if start.line == end.line { // columns of several lines are refused
			add("col", start.column)
			add("endColumn", end.column)
		}
	}
	add("title", gitHubProperty(d.Code+" "+d.Slug()))
	return strings.Join(p, ",")
}

// gitHubMessage returns all that a finding says.
func gitHubMessage(d diag.Diagnostic) string {
	s := d.Summary + "."
	if d.Detail != "" {
		s += " " + d.Detail
	}
	if d.Command != "" {
		s += "\n" + d.Command
	}
	for _, r := range d.Related {
		s += fmt.Sprintf("\n%s: %s", r.Range, r.Message)
	}
	return s
}

// gitHubData and gitHubProperty escape what would end a command, or a property of
// one.
func gitHubData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func gitHubProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
