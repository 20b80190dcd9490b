package report

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/fix"
)

// Tool is what a SARIF log says about the program that wrote it.
type Tool struct {
	Version string
	Page    func(code string) string // the page of a rule, in Markdown, or ""
}

const (
	home        = "https://github.com/corsgen/corsgen"
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

// SARIF writes a report as a SARIF 2.1.0 log, which code scanning services read
// (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html). Columns are
// UTF-16 code units. Accepted findings are in it, as suppressed by the policy;
// once an acceptance has expired its suppression is under review again.
func SARIF(w io.Writer, r Report, tool Tool) error {
	s := sarif{columns: newColumns(r.Sources), files: map[string]*fix.File{}, seen: map[string]int{}, sources: r.Sources}
	results := make([]sarifResult, 0, len(r.Findings))
	for _, d := range r.Findings {
		results = append(results, s.result(d))
	}
	for _, a := range r.Accepted {
		for _, d := range a.Findings {
			out := s.result(d)
			out.Suppressions = []sarifSuppression{s.suppression(a)}
			results = append(results, out)
		}
	}
	run := sarifRun{Tool: sarifTool{sarifDriver{
		Name: "corsgen", Version: tool.Version, InformationURI: home, Rules: sarifRules(results, tool.Page),
	}}, ColumnKind: "utf16CodeUnits", Results: results}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

// sarifRules describes the rules that results refer to, and gives the results
// their indexes.
func sarifRules(results []sarifResult, page func(string) string) []sarifRule {
	var codes []string
	for _, r := range results {
		codes = append(codes, r.RuleID)
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	rules := make([]sarifRule, 0, len(codes))
	for _, code := range codes {
		rule, _ := diag.LookupRule(code)
		rules = append(rules, sarifRule{
			ID: code, Name: rule.Slug, ShortDescription: sarifText{Text: rule.Title},
			HelpURI: home + "/blob/main/docs/rules/" + code + ".md", Help: sarifHelp(rule.Title, page(code)),
			DefaultConfiguration: sarifConfiguration{Level: rule.Severity.String()},
		})
	}
	for i := range results {
		results[i].RuleIndex, _ = slices.BinarySearch(codes, results[i].RuleID)
	}
	return rules
}

func sarifHelp(title, page string) *sarifText {
	if page == "" {
		return nil
	}
	return &sarifText{Text: title, Markdown: page}
}

// sarif makes the results of one log.
type sarif struct {
	columns *columns
	sources map[string][]byte
	files   map[string]*fix.File // by name, those with fixes
	seen    map[string]int       // how often, by fingerprint
}

func (s *sarif) result(d diag.Diagnostic) sarifResult {
	out := sarifResult{
		RuleID: d.Code, Level: d.Severity.String(),
		Message:             sarifText{Text: strings.TrimSpace(d.Summary + ". " + d.Detail + "\n" + d.Command)},
		PartialFingerprints: map[string]string{"corsgen/v1": s.fingerprint(d)},
	}
	if at := s.location(d.Range); at != nil {
		out.Locations = []sarifLocation{*at}
	}
	for _, r := range d.Related {
		if at := s.location(r.Range); at != nil {
			at.Message = &sarifText{Text: r.Message}
			out.RelatedLocations = append(out.RelatedLocations, *at)
		}
	}
	if x := s.fix(d); x != nil {
		out.Fixes = []sarifFix{*x}
	}
	return out
}

// fingerprint identifies a finding by its rule and the text it is about, not by
// its line, so that it stays the same when lines are added before it.
func (s *sarif) fingerprint(d diag.Diagnostic) string {
	text := ""
	if src, r := s.sources[d.Range.File], d.Range; r.Start.Byte >= 0 && r.Start.Byte <= r.End.Byte && r.End.Byte <= len(src) {
		text = string(src[r.Start.Byte:r.End.Byte])
	}
	key := fmt.Sprintf("%q %q %q", d.Code, uri(d.Range.File), text)
	s.seen[key]++
	return fmt.Sprintf("%x:%d", sha256.Sum256([]byte(key)), s.seen[key])
}

// location returns a place, or nil where a range has none.
func (s *sarif) location(r diag.Range) *sarifLocation {
	if r.File == "" {
		return nil
	}
	at := sarifPhysical{ArtifactLocation: sarifArtifact{URI: uri(r.File)}}
	if start, end := s.columns.of(r); start.line > 0 {
		r := region(start, end)
		at.Region = &r
	}
	return &sarifLocation{PhysicalLocation: at}
}

func region(start, end place) sarifRegion {
	return sarifRegion{StartLine: start.line, StartColumn: start.column, EndLine: end.line, EndColumn: end.column}
}

// uri returns the name of a file as a URI reference, relative to where the program
// was run unless the name is absolute.
func uri(name string) string {
	slashed := filepath.ToSlash(filepath.Clean(name))
	if filepath.IsAbs(name) {
		return (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(slashed, "/")}).String()
	}
	return (&url.URL{Path: slashed}).String()
}

func (s *sarif) suppression(a Accepted) sarifSuppression {
	status := "accepted"
	if a.DaysLeft < 0 {
		status = "underReview"
	}
	return sarifSuppression{
		Kind: "inSource", Status: status, Justification: a.Reason, Location: s.location(a.Range),
		Properties: map[string]string{"owner": a.Owner, "expires": a.Expires.Format(time.DateOnly)},
	}
}

// fix returns the edits that mend a finding, or nil.
func (s *sarif) fix(d diag.Diagnostic) *sarifFix {
	if d.Fix == nil {
		return nil
	}
	name := d.Fix.Range.File
	if s.files[name] == nil {
		s.files[name] = fix.NewFile(name, s.sources[name])
	}
	edits, ok := s.files[name].Edits(*d.Fix)
	if !ok {
		return nil
	}
	change := sarifChange{ArtifactLocation: sarifArtifact{URI: uri(name)}}
	for _, e := range edits {
		x := s.columns.index(name)
		change.Replacements = append(change.Replacements, sarifReplacement{
			DeletedRegion: region(x.place(e.Start), x.place(e.End)), InsertedContent: sarifContent{Text: e.New},
		})
	}
	return &sarifFix{Description: sarifText{Text: "What corsgen check --fix does."}, ArtifactChanges: []sarifChange{change}}
}
