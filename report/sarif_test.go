package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/report"
)

var tool = report.Tool{Version: "1.2.3", Page: func(code string) string {
	if code == "C103" {
		return "# C103\n"
	}
	return ""
}}

// wholeReport is a report with a part of every kind. The characters before the
// origin are one grapheme cluster, one code point and two code units each.
func wholeReport() report.Report {
	source := "\ufeffpolicy \"app\" {\n  allow_origins = [/* 😀😀 */ \"https://a.example.com:443\", \"http://b.example.com\"]\n}\n"
	first, second := at(source, `"https://a.example.com:443"`), at(source, `"http://b.example.com"`)
	rule, _ := diag.LookupRule("C203")
	return report.Report{
		Findings: diag.List{
			{
				Code: "C103", Summary: "Summary", Detail: "Detail <&>.", Range: first,
				Related: []diag.Related{{Message: "the policy", Range: at(source, "policy")}},
				Fix:     &diag.Fix{Range: first, Old: "https://a.example.com:443", New: []string{"https://a.example.com"}},
			},
			{Code: "C103", Summary: "Again", Range: first},
			{Code: "C003", Severity: diag.Warning, Summary: "Nowhere"},
			{Code: "C003", Severity: diag.Note, Summary: "In a file", Range: diag.Range{File: "/a b/c:d.hcl"}},
		},
		Accepted: []report.Accepted{{
			Policy: "app", Rule: rule, Origins: []string{"http://b.example.com"}, Reason: "store network", Owner: "retail",
			Expires: time.Date(2027, 6, 30, 0, 0, 0, 0, time.UTC), DaysLeft: 12, Range: at(source, "app"),
			Findings: diag.List{{Code: "C203", Summary: "Plain http", Range: second}},
		}},
		Sources: map[string][]byte{"cors.hcl": []byte(source)},
	}
}

func sarif(t *testing.T, r report.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := report.SARIF(&b, r, tool); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSARIFSchema validates logs against the schema that OASIS publishes.
func TestSARIFSchema(t *testing.T) {
	file, err := os.Open("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	document, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("sarif.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []report.Report{{}, wholeReport()} {
		log, err := jsonschema.UnmarshalJSON(bytes.NewReader(sarif(t, r)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(log); err != nil {
			t.Error(err)
		}
	}
}

// TestSARIF checks what the schema cannot: columns, references and fixes.
func TestSARIF(t *testing.T) {
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID       string
				RuleIndex    int
				Locations    []struct{ PhysicalLocation map[string]any }
				Suppressions []map[string]any
				Fixes        []struct{ ArtifactChanges []map[string]any }
			}
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
		}
	}
	if err := json.Unmarshal(sarif(t, wholeReport()), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	for _, r := range run.Results {
		if got := run.Tool.Driver.Rules[r.RuleIndex].ID; got != r.RuleID {
			t.Errorf("%s refers to %s", r.RuleID, got)
		}
	}
	region := map[string]any{"startLine": 2.0, "startColumn": 31.0, "endLine": 2.0, "endColumn": 58.0}
	file := map[string]any{"uri": "cors.hcl"}
	want := map[string]any{"artifactLocation": file, "region": region}
	if d := cmp.Diff(want, run.Results[0].Locations[0].PhysicalLocation); d != "" {
		t.Errorf("location (-want +got)\n%s", d)
	}
	want = map[string]any{"artifactLocation": file, "replacements": []any{
		map[string]any{"deletedRegion": region, "insertedContent": map[string]any{"text": `"https://a.example.com"`}},
	}}
	if d := cmp.Diff(want, run.Results[0].Fixes[0].ArtifactChanges[0]); d != "" {
		t.Errorf("fix (-want +got)\n%s", d)
	}
	if got := run.Results[3].Locations[0].PhysicalLocation["artifactLocation"]; cmp.Diff(map[string]any{"uri": "file:///a%20b/c:d.hcl"}, got) != "" {
		t.Errorf("file %v", got)
	}
	if s := run.Results[4].Suppressions[0]; s["kind"] != "inSource" || s["status"] != "accepted" || s["justification"] != "store network" {
		t.Errorf("suppression %v", s)
	}
}

// TestSARIFFingerprints checks that findings keep their fingerprints when a line
// is added before them, and that no two have the same.
func TestSARIFFingerprints(t *testing.T) {
	before := wholeReport()
	after := wholeReport()
	after.Sources["cors.hcl"] = append([]byte("\n"), before.Sources["cors.hcl"]...)
	for i := range after.Findings {
		if r := &after.Findings[i].Range; r.File == "cors.hcl" {
			r.Start.Line, r.End.Line, r.Start.Byte, r.End.Byte = r.Start.Line+1, r.End.Line+1, r.Start.Byte+1, r.End.Byte+1
		}
	}
	first, second := fingerprints(t, before), fingerprints(t, after)
	if d := cmp.Diff(first[:4], second[:4]); d != "" {
		t.Error(d)
	}
	for i, f := range first {
		if strings.Count(strings.Join(first, " "), f) != 1 {
			t.Errorf("finding %d has the fingerprint of another one", i)
		}
	}
}

func fingerprints(t *testing.T, r report.Report) []string {
	t.Helper()
	var out []string
	for line := range strings.Lines(string(sarif(t, r))) {
		if _, value, ok := strings.Cut(line, `"corsgen/v1": `); ok {
			out = append(out, strings.Trim(value, "\"\n"))
		}
	}
	return out
}

func TestGitHub(t *testing.T) {
	source := "a = \"😀\" \"x\"\nb = [\n]\n"
	several := at(source, "[\n]")
	several.End.Line = 3
	r := report.Report{
		Findings: diag.List{
			{Code: "C103", Summary: "100%", Detail: "Do\r\nthis: a, b.", Range: at(source, `"x"`)},
			{Code: "C003", Severity: diag.Warning, Summary: "Several lines", Range: several},
			{Code: "C315", Severity: diag.Note, Summary: "Nowhere", Related: []diag.Related{{Message: "here", Range: at(source, "a")}}},
			{Code: "C008", Summary: "Odd name", Range: diag.Range{File: "a,b:c%.hcl"}},
		},
		Sources: map[string][]byte{"cors.hcl": []byte(source)},
	}
	want := `::error file=cors.hcl,line=1,endLine=1,col=10,endColumn=13,title=C103 default-port::100%25. Do%0D%0Athis: a, b.
::warning file=cors.hcl,line=2,endLine=3,title=C003 missing::Several lines.
::notice title=C315 max-age-unset::Nowhere.%0Acors.hcl:1:1: here
::error file=a%2Cb%3Ac%25.hcl,title=C008 file::Odd name.
`
	var b bytes.Buffer
	if err := report.GitHub(&b, r); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}

func TestAcceptedText(t *testing.T) {
	rule, _ := diag.LookupRule("C203")
	method, _ := diag.LookupRule("C210")
	day := func(d int) time.Time { return time.Date(2027, 6, d, 0, 0, 0, 0, time.UTC) }
	accepted := []report.Accepted{
		{Policy: "app", Rule: rule, Origins: []string{"http://a.example", "http://b.example", "http://c.example"}, Environment: "production", Owner: "retail\x1b", Expires: day(30), DaysLeft: 31},
		{Policy: "app", Rule: method, Owner: "web", Expires: day(2), DaysLeft: 0},
		{Policy: "app", Rule: method, Owner: "web", Expires: day(1), DaysLeft: -1},
	}
	want := `Accepted risks:
  POLICY            RULE                              ORIGINS                                        OWNER    EXPIRES     DAYS LEFT
  app (production)  C203 insecure-origin              http://a.example, http://b.example and 1 more  retail�  2027-06-30  31
  app               C210 any-method-with-credentials  -                                              web      2027-06-02  0, soon
  app               C210 any-method-with-credentials  -                                              web      2027-06-01  expired
`
	var b bytes.Buffer
	if err := report.AcceptedText(&b, accepted, false); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}
