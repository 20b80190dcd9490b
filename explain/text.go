package explain

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/browser/reason"
	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/report"
)

// width is how wide the text is, in columns, where words allow it.
const width = 80

// Standard is where the standard is.
const Standard = "https://fetch.spec.whatwg.org/"

// Text writes an explanation for people: verdict, cause and fix in the first
// three lines, then what leads to them. Sources holds the files of the policy by
// their names.
func (e *Explanation) Text(w io.Writer, sources map[string][]byte, color bool) error {
	t := text{color: color}
	t.verdict(e)
	if e.Place.Start.Line > 0 {
		t.heading("What decided in the policy")
		t.line("  " + e.Place.String())
		t.source(e.Place, sources)
	}
	if e.Outcome != nil {
		t.exchanges(e.Outcome)
	}
	t.step(e)
	if e.Console != "" {
		t.heading("What " + e.Browser + "'s console says")
		t.wrapped(e.Console)
	}
	_, err := w.Write(t.b.Bytes())
	return err
}

type text struct {
	b     bytes.Buffer
	color bool
}

// The SGR parameters of what is shown in colour.
const (
	bold  = "1"
	dim   = "2"
	red   = "1;31"
	green = "1;32"
)

func (t *text) paint(sgr, s string) string {
	if !t.color {
		return s
	}
	return "\x1b[" + sgr + "m" + s + "\x1b[0m"
}

func (t *text) line(s string) { t.b.WriteString(report.Printable(s) + "\n") }

func (t *text) heading(s string) { t.b.WriteString("\n" + t.paint(bold, s) + "\n") }

func (t *text) wrapped(s string) {
	for _, l := range report.Wrap(report.Printable(s), width-2) {
		t.line("  " + l)
	}
}

func (t *text) verdict(e *Explanation) {
	word, sgr := "blocked", red
	if e.Reason.Allowed() {
		word, sgr = "allowed", green
	}
	t.b.WriteString(t.paint(sgr, word+": "+string(e.Reason)) + "\n")
	t.b.WriteString(t.paint(bold, "cause:") + " " + report.Printable(e.Cause) + "\n")
	if e.Fix != "" {
		t.b.WriteString(t.paint(bold, "fix:") + "   " + report.Printable(e.Fix) + "\n")
	}
}

// source shows the line of a place, or its part that fits.
func (t *text) source(r diag.Range, sources map[string][]byte) {
	src, ok := sources[r.File]
	if !ok || r.Start.Byte > len(src) {
		return
	}
	start := bytes.LastIndexByte(src[:r.Start.Byte], '\n') + 1
	line, _, _ := bytes.Cut(src[start:], []byte("\n"))
	t.line("  " + short(report.Printable(string(bytes.TrimSpace(line[:min(len(line), 4*width)])))))
}

func short(s string) string {
	if r := []rune(s); len(r) > width-2 {
		return string(r[:width-3]) + "…"
	}
	return s
}

// exchanges shows what goes over the wire, as curl does.
func (t *text) exchanges(o *browser.Outcome) {
	for _, e := range o.Exchanges {
		t.heading(title(o, e))
		t.message(e)
		t.answer(e.Response)
	}
	switch {
	case len(o.Exchanges) == 0:
		t.heading("Nothing is sent")
	case o.AtPreflight:
		t.heading("The request itself is not sent")
	case !o.Allowed() && o.Exchanges[len(o.Exchanges)-1].Response != nil:
		t.heading("The request reached the server; its response is kept from the script")
	}
	if len(o.Dropped) > 0 {
		t.heading("Headers that the browser drops")
		t.wrapped(strings.Join(o.Dropped, ", ") + ": scripts may not set them.")
	}
	if o.Reason == reason.CORS {
		t.heading("Response headers that the script can read")
		t.wrapped(strings.Join(append(browser.Safelisted(), o.Exposed()...), ", "))
	}
}

// title names an exchange, and says why there is a preflight.
func title(o *browser.Outcome, e browser.Exchange) string {
	switch {
	case e.Preflight:
		return "The preflight, for " + o.PreflightCauses()
	case e.Credentials:
		return "The request, with cookies"
	default:
		return "The request, without cookies"
	}
}

func (t *text) message(e browser.Exchange) {
	t.wire(">", e.Request.Method+" "+e.Request.URL)
	for _, h := range e.Request.Headers {
		t.wire(">", h.Name+": "+h.Value)
	}
}

func (t *text) answer(r *browser.Response) {
	if r == nil {
		t.wire("<", "no answer")
		return
	}
	t.wire("<", strings.TrimSpace(fmt.Sprint(r.Status, " ", http.StatusText(r.Status))))
	for _, h := range r.Headers {
		t.wire("<", h.Name+": "+h.Value)
	}
}

// wire writes a line of an exchange. What does not fit goes on below, indented.
func (t *text) wire(sign, s string) {
	indent := ""
	for _, l := range report.Wrap(report.Printable(s), width-8) {
		t.b.WriteString("  " + t.paint(dim, sign) + " " + indent + l + "\n")
		indent = "    "
	}
}

func (t *text) step(e *Explanation) {
	entry, ok := reason.Lookup(e.Reason)
	if !ok {
		return
	}
	t.heading("The step that decided")
	t.wrapped(entry.Meaning)
	if entry.Standard != "" {
		t.line("  " + Standard + "#" + entry.Standard)
	}
}
