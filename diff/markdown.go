package diff

import (
	"fmt"
	"io"
	"regexp"
	"strings"
)

// maxMarkdown is how many bytes a comment takes at most, and maxDetails how many up
// to the end of its details: GitHub takes 65,536 characters in all.
const (
	maxMarkdown = 60_000
	maxDetails  = 50_000
)

// Markdown writes d as a comment on a pull request: what a reviewer needs in the
// first line, the details folded.
func (d *Diff) Markdown(w io.Writer) error {
	var b strings.Builder
	verdict, rest := d.headline()
	fmt.Fprintf(&b, "**%s**%s\n", verdict, escape(rest))
	for i := range d.Subjects {
		var details strings.Builder
		d.Subjects[i].markdown(&details)
		if b.Len()+details.Len() > maxDetails {
			fmt.Fprintf(&b, "\nThe details of %d are left out, for length; `corsgen diff` shows them.\n", len(d.Subjects)-i)
			break
		}
		b.WriteString(details.String())
	}
	d.markdownRisks(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func (s *Subject) markdown(b *strings.Builder) {
	if len(s.Changes) == 0 {
		fmt.Fprintf(b, "\n- %s\n", escape(s.Title()))
		return
	}
	fmt.Fprintf(b, "\n<details><summary>%s: %s</summary>\n\n", s.Effect(), html(s.Title()))
	if len(s.Routes) > 0 {
		fmt.Fprintf(b, "Used by %s.\n\n", code(strings.Join(s.Routes, ", ")))
	}
	for i := range s.Changes {
		c := &s.Changes[i]
		fmt.Fprintf(b, "- **%s**: %s", c.Effect, escape(s.Sentence(c)))
		if c.Effect == Widens && c.Src.Start.Line > 0 {
			fmt.Fprintf(b, " (%s, %s)", code(c.Src.String()), Code)
		}
		b.WriteByte('\n')
		for _, line := range originLines(c.Origins, code) {
			b.WriteString("  - " + line + "\n")
		}
	}
	if e, ok := s.exchange(); ok {
		e.markdown(b)
	}
	b.WriteString("\n</details>\n")
}

func (e *exchange) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "\nFor example, %s:\n\n````http\n", escape(e.title))
	for _, l := range e.request {
		b.WriteString("> " + l + "\n")
	}
	b.WriteString("\n# before\n")
	for _, l := range e.before {
		b.WriteString("< " + l + "\n")
	}
	b.WriteString("\n# now\n")
	for _, l := range e.now {
		b.WriteString("< " + l + "\n")
	}
	b.WriteString("````\n")
}

func (d *Diff) markdownRisks(b *strings.Builder) {
	fold(b, "new findings", len(d.Findings), func(i int) string {
		f := &d.Findings[i]
		return fmt.Sprintf("**%s %s** %s: %s", f.Severity, f.Code, code(f.Range.String()), escape(clean(f.Summary)))
	})
	fold(b, "newly accepted risks", len(d.Accepted), func(i int) string { return d.Accepted[i].words(code) })
}

// fold writes a folded list of n lines, as many as there is room for.
func fold(b *strings.Builder, what string, n int, line func(int) string) {
	if n == 0 {
		return
	}
	fmt.Fprintf(b, "\n<details><summary>%s: %d</summary>\n\n", what, n)
	for i := range n {
		text := line(i)
		if i == maxParts || b.Len()+len(text) > maxMarkdown {
			fmt.Fprintf(b, "- and %d more\n", n-i)
			break
		}
		b.WriteString("- " + text + "\n")
	}
	b.WriteString("\n</details>\n")
}

// escape returns text in which Markdown, and what a service looks for besides,
// finds nothing: no tag, emphasis, link or number of an issue, and nobody to call.
// Words that are not plain are spans of code.
func escape(s string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		start := len(w) - len(strings.TrimLeft(w, "(\""))
		end := max(start, len(strings.TrimRight(w, ".,;:)\"")))
		if !plain.MatchString(w[start:end]) {
			around := strings.NewReplacer(`"`, "") // which the span stands for
			words[i] = around.Replace(w[:start]) + code(w[start:end]) + around.Replace(w[end:])
		}
	}
	return strings.Join(words, " ")
}

// plain are words, numbers and codes of rules.
var plain = regexp.MustCompile(`^([A-Za-z]+([-'][A-Za-z]+)*|[A-Z]?[0-9]{1,6})?$`)

// html is escape for what stands between tags, where Markdown does not look.
func html(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// code returns text as it is, in a span of code
// (https://spec.commonmark.org/0.31.2/#code-spans).
func code(s string) string {
	s = clean(s)
	if s == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if fence != "`" {
		s = " " + s + " "
	}
	return fence + s + fence
}
