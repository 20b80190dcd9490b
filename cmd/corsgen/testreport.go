package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/corsgen/corsgen/report"
)

// testReport writes the results of tests.
type testReport struct {
	results []testResult
	sources map[string][]byte
	verbose bool
}

func (r *testReport) failed() int {
	n := 0
	for i := range r.results {
		if !r.results[i].passed() {
			n++
		}
	}
	return n
}

func (r *testReport) write(cmd *cobra.Command, format string) error {
	out := cmd.OutOrStdout()
	switch format {
	case "json":
		return r.json(out)
	case "junit":
		return r.junit(out)
	}
	if err := r.text(out); err != nil {
		return err
	}
	_, err := fmt.Fprintf(cmd.ErrOrStderr(), "%s, %d failed\n", plural(len(r.results), "test", "tests"), r.failed())
	return err
}

// text writes a table of the tests, and below it what failed.
func (r *testReport) text(w io.Writer) error {
	var b bytes.Buffer
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for i := range r.results {
		t := &r.results[i]
		if r.verbose || !t.passed() {
			fmt.Fprintf(table, "%s\t%s\t%s\n", status(t), report.Printable(t.name), t.outcome.Reason)
		}
	}
	table.Flush()
	for i := range r.results {
		if t := &r.results[i]; !t.passed() {
			r.failure(&b, t, useColor(w))
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

func status(t *testResult) string {
	if t.passed() {
		return "ok"
	}
	return "FAIL"
}

// failure writes what a test expected, and the explanation of what came instead.
func (r *testReport) failure(b *bytes.Buffer, t *testResult, color bool) {
	fmt.Fprintf(b, "\n%s: %s\n", report.Printable(t.test.Range.String()), report.Printable(t.name))
	for _, f := range t.failures {
		fmt.Fprintf(b, "  %s\n", report.Printable(f))
	}
	var text bytes.Buffer
	t.explanation().Text(&text, r.sources, color) // into memory, which does not fail
	for line := range strings.Lines(text.String()) {
		if line != "\n" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
}

// jsonTest is a result as JSON.
type jsonTest struct {
	Name        string   `json:"name"`
	File        string   `json:"file"`
	Line        int      `json:"line"`
	Policy      string   `json:"policy"` // who answered, in words
	Origin      string   `json:"origin"`
	Method      string   `json:"method"`
	Passed      bool     `json:"passed"`
	Verdict     string   `json:"verdict"`
	Reason      string   `json:"reason"`
	Failures    []string `json:"failures,omitempty"`
	Explanation string   `json:"explanation,omitempty"` // where it failed
}

func (r *testReport) json(w io.Writer) error {
	out := struct {
		Version int        `json:"version"`
		Passed  int        `json:"passed"`
		Failed  int        `json:"failed"`
		Tests   []jsonTest `json:"tests"`
	}{Version: 1, Failed: r.failed(), Tests: []jsonTest{}}
	out.Passed = len(r.results) - out.Failed
	for i := range r.results {
		t := &r.results[i]
		out.Tests = append(out.Tests, jsonTest{
			Name: t.name, File: t.test.Range.File, Line: t.test.Range.Start.Line, Policy: t.answerer.String(),
			Origin: t.outcome.Request.Origin, Method: t.outcome.Request.Method, Passed: t.passed(),
			Verdict: verdict(t.outcome.Reason), Reason: string(t.outcome.Reason), Failures: t.failures, Explanation: r.explanation(t),
		})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(out)
}

// explanation returns why a test failed, as text; "" if it passed.
func (r *testReport) explanation(t *testResult) string {
	if t.passed() {
		return ""
	}
	var text bytes.Buffer
	t.explanation().Text(&text, r.sources, false) // into memory, which does not fail
	return text.String()
}

// The elements of a JUnit report, as continuous integration reads it.
type (
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr"`
		Line    int           `xml:"line,attr"`
		Failure *junitFailure `xml:"failure"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func (r *testReport) junit(w io.Writer) error {
	suite := junitSuite{Name: "corsgen", Tests: len(r.results), Failures: r.failed()}
	for i := range r.results {
		t := &r.results[i]
		c := junitCase{Class: t.answerer.String(), Name: t.name, File: t.test.Range.File, Line: t.test.Range.Start.Line}
		if !t.passed() {
			c.Failure = &junitFailure{Message: strings.Join(t.failures, "; "), Text: r.explanation(t)}
		}
		suite.Cases = append(suite.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(suite); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
