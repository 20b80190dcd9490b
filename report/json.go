package report

import (
	"encoding/json"
	"io"

	"github.com/corsgen/corsgen/diag"
)

type jsonReport struct {
	Version     int              `json:"version"`
	Diagnostics []jsonDiagnostic `json:"diagnostics"`
}

type jsonDiagnostic struct {
	Code     string        `json:"code"`
	Slug     string        `json:"slug"`
	Severity string        `json:"severity"`
	Summary  string        `json:"summary"`
	Detail   string        `json:"detail"`
	File     string        `json:"file"`
	Range    jsonRange     `json:"range"`
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

// JSON writes findings as one JSON object of version 1. Lines and columns count
// from 1, bytes from 0; the end is the first place behind the range.
func JSON(w io.Writer, findings diag.List) error {
	out := jsonReport{Version: 1, Diagnostics: make([]jsonDiagnostic, 0, len(findings))}
	for _, d := range findings {
		out.Diagnostics = append(out.Diagnostics, toJSON(d))
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(out)
}

func toJSON(d diag.Diagnostic) jsonDiagnostic {
	out := jsonDiagnostic{
		Code: d.Code, Slug: d.Slug(), Severity: d.Severity.String(),
		Summary: d.Summary, Detail: d.Detail,
		File: d.Range.File, Range: rangeToJSON(d.Range),
	}
	for _, r := range d.Related {
		out.Related = append(out.Related, jsonRelated{r.Message, r.Range.File, rangeToJSON(r.Range)})
	}
	return out
}

func rangeToJSON(r diag.Range) jsonRange {
	return jsonRange{jsonPos(r.Start), jsonPos(r.End)}
}
