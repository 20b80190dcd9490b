package report

import (
	"encoding/json"
	"io"
	"time"

	"github.com/corsgen/corsgen/diag"
)

type jsonReport struct {
	Version     int              `json:"version"`
	Diagnostics []jsonDiagnostic `json:"diagnostics"`
	Fixed       []jsonDiagnostic `json:"fixed,omitempty"`
	Accepted    []jsonAccepted   `json:"accepted,omitempty"`
}

type jsonDiagnostic struct {
	Code     string        `json:"code"`
	Slug     string        `json:"slug"`
	Severity string        `json:"severity"`
	Summary  string        `json:"summary"`
	Detail   string        `json:"detail"`
	File     string        `json:"file"`
	Range    jsonRange     `json:"range"`
	Command  string        `json:"command,omitempty"`
	Related  []jsonRelated `json:"related,omitempty"`
}

type jsonRelated struct {
	Message string    `json:"message"`
	File    string    `json:"file"`
	Range   jsonRange `json:"range"`
}

type jsonRange struct {
	Start jsonPos `json:"start"`
	End   jsonPos `json:"end"`
}

type jsonPos struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Byte   int `json:"byte"`
}

type jsonAccepted struct {
	Policy      string           `json:"policy"`
	Code        string           `json:"code"`
	Slug        string           `json:"slug"`
	Origins     []string         `json:"origins,omitempty"`
	Environment string           `json:"environment,omitempty"`
	Reason      string           `json:"reason"`
	Owner       string           `json:"owner"`
	Expires     string           `json:"expires"`
	DaysLeft    int              `json:"daysLeft"`
	File        string           `json:"file"`
	Range       jsonRange        `json:"range"`
	Diagnostics []jsonDiagnostic `json:"diagnostics"`
}

// JSON writes a report as one JSON object of version 1. Lines and columns count
// from 1, bytes from 0; the end is the first place behind the range.
func JSON(w io.Writer, r Report) error {
	out := jsonReport{Version: 1, Diagnostics: listToJSON(r.Findings), Fixed: listToJSON(r.Fixed)}
	for _, a := range r.Accepted {
		out.Accepted = append(out.Accepted, acceptedToJSON(a))
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(out)
}

func listToJSON(findings diag.List) []jsonDiagnostic {
	out := make([]jsonDiagnostic, 0, len(findings))
	for _, d := range findings {
		out = append(out, toJSON(d))
	}
	return out
}

func toJSON(d diag.Diagnostic) jsonDiagnostic {
	out := jsonDiagnostic{
		Code: d.Code, Slug: d.Slug(), Severity: d.Severity.String(),
		Summary: d.Summary, Detail: d.Detail,
		File: d.Range.File, Range: rangeToJSON(d.Range), Command: d.Command,
	}
	for _, r := range d.Related {
		out.Related = append(out.Related, jsonRelated{r.Message, r.Range.File, rangeToJSON(r.Range)})
	}
	return out
}

func acceptedToJSON(a Accepted) jsonAccepted {
	return jsonAccepted{
		Policy: a.Policy, Code: a.Rule.Code, Slug: a.Rule.Slug, Origins: a.Origins, Environment: a.Environment,
		Reason: a.Reason, Owner: a.Owner, Expires: a.Expires.Format(time.DateOnly), DaysLeft: a.DaysLeft,
		File: a.Range.File, Range: rangeToJSON(a.Range), Diagnostics: listToJSON(a.Findings),
	}
}

func rangeToJSON(r diag.Range) jsonRange {
	return jsonRange{jsonPos(r.Start), jsonPos(r.End)}
}
