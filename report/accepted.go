package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/corsgen/corsgen/diag"
)

// AcceptedText writes a table of accepted risks for people, with the days that are
// left; nothing if there are none.
func AcceptedText(w io.Writer, accepted []Accepted, color bool) error {
	if len(accepted) == 0 {
		return nil
	}
	t := text{color: color}
	t.b.WriteString(t.paint(bold, "Accepted risks:") + "\n")
	tw := tabwriter.NewWriter(&t.b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "  POLICY\tRULE\tORIGINS\tOWNER\tEXPIRES\tDAYS LEFT")
	for _, a := range accepted {
		policy := a.Policy
		if a.Environment != "" {
			policy += " (" + a.Environment + ")"
		}
		fmt.Fprintf(tw, "  %s\t%s %s\t%s\t%s\t%s\t%s\n", policy, a.Rule.Code, a.Rule.Slug,
			shortList(a.Origins), shorten(a.Owner, 40), a.Expires.Format(time.DateOnly), t.daysLeft(a.DaysLeft))
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	_, err := w.Write(t.b.Bytes())
	return err
}

// FixedText writes a line for each finding that is mended, for people.
func FixedText(w io.Writer, fixed diag.List) error {
	var b strings.Builder
	for _, d := range fixed {
		fmt.Fprintf(&b, "fixed %s: %s[%s] %s\n", Printable(d.Range.String()), d.Severity, d.Code, Printable(d.Summary))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t *text) daysLeft(days int) string {
	switch {
	case days < 0:
		return t.paint(severityColor(diag.Error), "expired")
	case days <= expiresSoon:
		return t.paint(severityColor(diag.Warning), fmt.Sprintf("%d, soon", days))
	default:
		return fmt.Sprint(days)
	}
}

// shortList returns the first few of a list of origins.
func shortList(origins []string) string {
	const most = 2
	if len(origins) == 0 {
		return "-"
	}
	var shown []string
	for _, o := range origins[:min(len(origins), most)] {
		shown = append(shown, shorten(o, 60))
	}
	s := strings.Join(shown, ", ")
	if rest := len(origins) - most; rest > 0 {
		s += fmt.Sprintf(" and %d more", rest)
	}
	return s
}

// shorten returns s fit for a table.
func shorten(s string, limit int) string {
	runes := []rune(Printable(s))
	if len(runes) > limit {
		runes = append(runes[:limit-1], '…')
	}
	return string(runes)
}
