package diff

import (
	"encoding/json"
	"io"

	"github.com/corsgen/corsgen/origin"
)

type jsonDiff struct {
	Version  int            `json:"version"`
	Effect   string         `json:"effect"`
	Same     bool           `json:"same"`
	Headline string         `json:"headline"`
	Subjects []jsonSubject  `json:"subjects"`
	Findings []jsonFinding  `json:"findings"`
	Accepted []jsonAccepted `json:"accepted_risks"`
}

type jsonSubject struct {
	Kind         Kind         `json:"kind"`
	State        State        `json:"state"`
	Effect       string       `json:"effect"`
	Name         string       `json:"name"`
	OldName      string       `json:"old_name,omitempty"`
	Path         string       `json:"path,omitempty"`
	OldPolicy    string       `json:"old_policy,omitempty"`
	NewPolicy    string       `json:"new_policy,omitempty"`
	Target       *jsonTarget  `json:"target,omitempty"`
	Environments []string     `json:"environments,omitempty"`
	Routes       []string     `json:"routes,omitempty"`
	Changes      []jsonChange `json:"changes"`
}

type jsonTarget struct {
	Name           string `json:"name"`
	OldEnvironment string `json:"old_environment"`
	NewEnvironment string `json:"new_environment"`
}

type jsonChange struct {
	Effect  string     `json:"effect"`
	Code    string     `json:"code,omitempty"`
	Aspect  Aspect     `json:"aspect"`
	Text    string     `json:"text"`
	Origins []jsonPart `json:"origins,omitempty"`
	Names   []string   `json:"names,omitempty"`
	Old     string     `json:"old,omitempty"`
	New     string     `json:"new,omitempty"`
	File    string     `json:"file,omitempty"`
	Line    int        `json:"line,omitempty"`
}

type jsonPart struct {
	Pattern   string   `json:"pattern"` // "*" for any origin
	Words     string   `json:"words"`
	Except    []string `json:"except,omitempty"`
	Examples  []string `json:"examples"`
	Undecided bool     `json:"undecided,omitempty"`
}

type jsonFinding struct {
	Code     string `json:"code"`
	Slug     string `json:"slug"`
	Severity string `json:"severity"`
	Summary  string `json:"summary"`
	File     string `json:"file"`
	Line     int    `json:"line"`
}

type jsonAccepted struct {
	Policy      string   `json:"policy"`
	Code        string   `json:"code"`
	Slug        string   `json:"slug"`
	Origins     []string `json:"origins,omitempty"`
	Environment string   `json:"environment,omitempty"`
	Reason      string   `json:"reason"`
	Owner       string   `json:"owner"`
	Expires     string   `json:"expires"`
}

// JSON writes d as one JSON object of version 1.
func (d *Diff) JSON(w io.Writer) error {
	out := jsonDiff{
		Version: 1, Effect: d.Effect().String(), Same: d.Same(), Headline: d.Headline(),
		Subjects: []jsonSubject{}, Findings: []jsonFinding{}, Accepted: []jsonAccepted{},
	}
	for i := range d.Subjects {
		out.Subjects = append(out.Subjects, d.Subjects[i].json())
	}
	for _, f := range d.Findings {
		out.Findings = append(out.Findings, jsonFinding{f.Code, f.Slug(), f.Severity.String(), f.Summary, f.Range.File, f.Range.Start.Line})
	}
	for _, a := range d.Accepted {
		out.Accepted = append(out.Accepted, jsonAccepted(a))
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(out)
}

func (s *Subject) json() jsonSubject {
	out := jsonSubject{
		Kind: s.Kind, State: s.State, Effect: s.Effect().String(), Name: s.Name, OldName: s.OldName, Path: s.Path,
		OldPolicy: s.OldPolicy, NewPolicy: s.NewPolicy, Environments: s.Environments, Routes: s.Routes, Changes: []jsonChange{},
	}
	if s.Kind == KindTarget {
		out.Target = (*jsonTarget)(&s.Target)
	}
	for i := range s.Changes {
		c := &s.Changes[i]
		change := jsonChange{
			Effect: c.Effect.String(), Aspect: c.Aspect, Text: s.Sentence(c), Names: c.Names, Old: c.Old, New: c.New,
			File: c.Src.File, Line: c.Src.Start.Line,
		}
		if c.Effect == Widens {
			change.Code = Code
		}
		for j := range c.Origins {
			change.Origins = append(change.Origins, newJSONPart(&c.Origins[j]))
		}
		out.Changes = append(out.Changes, change)
	}
	return out
}

func newJSONPart(p *origin.Part) jsonPart {
	out := jsonPart{Pattern: origin.Any, Words: PartWords(p), Examples: p.Examples, Undecided: p.Undecided}
	if len(p.In) > 0 {
		out.Pattern = p.In[0].String()
	}
	for _, e := range p.Except {
		out.Except = append(out.Except, e.String())
	}
	return out
}
