package diff

import (
	"fmt"
	"io"
	"strings"

	"github.com/corsgen/corsgen/origin"
)

// maxParts is how many sets of origins, and maxExcept how many exceptions of each,
// are listed for people. JSON has them all.
const (
	maxParts  = 20
	maxExcept = 3
)

// Text writes d for terminals.
func (d *Diff) Text(w io.Writer) error {
	var b strings.Builder
	b.WriteString(d.Headline() + "\n")
	for i := range d.Subjects {
		s := &d.Subjects[i]
		b.WriteString("\n" + s.Title() + "\n")
		if len(s.Routes) > 0 {
			b.WriteString("  used by " + strings.Join(s.Routes, ", ") + "\n")
		}
		for j := range s.Changes {
			s.changeText(&b, &s.Changes[j])
		}
	}
	if len(d.Findings) > 0 {
		b.WriteString("\nnew findings\n")
		for _, f := range d.Findings {
			fmt.Fprintf(&b, "  %s: %s[%s] %s\n", clean(f.Range.String()), f.Severity, f.Code, clean(f.Summary))
		}
	}
	if len(d.Accepted) > 0 {
		b.WriteString("\nnewly accepted risks\n")
		for i := range d.Accepted {
			b.WriteString("  " + d.Accepted[i].words(clean) + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (s *Subject) changeText(b *strings.Builder, c *Change) {
	sign := [...]string{"~", "-", "+"}[c.Effect]
	fmt.Fprintf(b, "  %s %-8s %s", sign, c.Effect, s.Sentence(c))
	if c.Src.Start.Line > 0 && c.Effect == Widens {
		fmt.Fprintf(b, " (%s) [%s]", clean(c.Src.String()), Code)
	}
	b.WriteByte('\n')
	for _, line := range originLines(c.Origins, clean) {
		b.WriteString("      " + line + "\n")
	}
}

// originLines describes each set of origins in a line. quote is for patterns and
// origins.
func originLines(parts []origin.Part, quote func(string) string) []string {
	var lines []string
	for i := range parts[:min(len(parts), maxParts)] {
		lines = append(lines, partLine(&parts[i], quote))
	}
	if n := len(parts) - maxParts; n > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", n))
	}
	return lines
}

func partLine(p *origin.Part, quote func(string) string) string {
	line := quote(origin.Any)
	if len(p.In) > 0 {
		line = quote(p.In[0].String())
	}
	for i, e := range p.Except[:min(len(p.Except), maxExcept)] {
		line += [...]string{" but ", ", "}[min(i, 1)] + quote(e.String())
	}
	if n := len(p.Except) - maxExcept; n > 0 {
		line += fmt.Sprintf(" and %d more", n)
	}
	switch {
	case p.Undecided:
		return line + ": the patterns overlap too much to tell; take it for a change"
	case len(p.In) > 0 && p.In[0].Exact():
		return line
	}
	quoted := make([]string, len(p.Examples))
	for i, e := range p.Examples {
		quoted[i] = quote(e)
	}
	return line + ", such as " + strings.Join(quoted, ", ")
}

// maxReason is how much of an author's words is shown, in bytes, and maxOrigins
// how many origins of a risk.
const (
	maxReason  = 300
	maxOrigins = 5
)

// words says what is accepted. quote is for the author's words.
func (a *Acceptance) words(quote func(string) string) string {
	text := "policy " + quote(a.Policy) + " accepts " + a.Code + " " + a.Slug
	for i, o := range a.Origins[:min(len(a.Origins), maxOrigins)] {
		text += [...]string{" for ", ", "}[min(i, 1)] + quote(o)
	}
	if n := len(a.Origins) - maxOrigins; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	if a.Environment != "" {
		text += " in " + quote(a.Environment)
	}
	return fmt.Sprintf("%s until %s (%s): %s", text, a.Expires, quote(short(a.Owner)), quote(short(a.Reason)))
}

func short(s string) string {
	if len(s) <= maxReason {
		return s
	}
	return strings.ToValidUTF8(s[:maxReason], "") + "…"
}

// clean returns one line that tells a terminal nothing.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, s)
}
