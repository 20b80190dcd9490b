package diff

import (
	"fmt"
	"io"
	"strings"
)

// maxMarkdown is how many bytes of a comment details may take: GitHub takes 65,536
// characters in all.
const maxMarkdown = 50_000

// Markdown writes d as a comment on a pull request: what a reviewer needs in the
// first line, the details folded.
func (d *Diff) Markdown(w io.Writer) error {
	var b strings.Builder
	verdict, rest := d.headline()
	fmt.Fprintf(&b, "**%s**%s\n", verdict, escape(rest))
	for i := range d.Subjects {
		var details strings.Builder
		d.Subjects[i].markdown(&details)
		if b.Len()+details.Len() > maxMarkdown {
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
	if len(d.Findings) > 0 {
		fmt.Fprintf(b, "\n<details><summary>new findings: %d</summary>\n\n", len(d.Findings))
		for _, f := range d.Findings[:min(len(d.Findings), maxParts)] {
			fmt.Fprintf(b, "- **%s %s** %s: %s\n", f.Severity, f.Code, code(f.Range.String()), escape(clean(f.Summary)))
		}
		b.WriteString("\n</details>\n")
	}
	if len(d.Accepted) > 0 {
		fmt.Fprintf(b, "\n<details><summary>newly accepted risks: %d</summary>\n\n", len(d.Accepted))
		for i := range d.Accepted {
			b.WriteString("- " + escape(clean(d.Accepted[i].words())) + "\n")
		}
		b.WriteString("\n</details>\n")
	}
}

// escape returns text in which Markdown finds nothing: no emphasis, no tag, and
// nobody to call. Origins are spans of code, and so no links.
func escape(s string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		if strings.Contains(w, "://") {
			text := strings.TrimRight(w, ".,;:\"")
			words[i] = code(strings.TrimLeft(text, "\"")) + strings.Trim(w[len(text):], "\"")
			continue
		}
		words[i] = escapeWord(w)
	}
	return strings.Join(words, " ")
}

func escapeWord(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune("\\`*_[]|~#!", r):
			b.WriteRune('\\')
			b.WriteRune(r)
		case strings.ContainsRune("<>&@", r):
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// html is escape for what stands between tags, where Markdown does not look.
func html(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "@", "&#64;", "`", "&#96;").Replace(s)
}

// code returns text as it is, in a span of code.
func code(s string) string {
	s = clean(s)
	if strings.Contains(s, "`") {
		return "<code>" + html(s) + "</code>"
	}
	return "`" + s + "`"
}
