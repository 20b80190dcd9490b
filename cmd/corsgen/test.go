package main

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsgen/corsgen/browser"
	"github.com/corsgen/corsgen/explain"
	"github.com/corsgen/corsgen/policy"
)

func newTest() *cobra.Command {
	x := tester{}
	cmd := &cobra.Command{
		Use:   "test [PATH...]",
		Short: "Run the test blocks of a policy",
		Long: `test plays what each test block asks for against its policy or site, as a browser
would, and compares what comes out with what the block expects. A test that names
no environment is for that of --environment, or for the base.`,
		RunE: x.test,
	}
	x.in.register(cmd)
	x.in.today.register(cmd)
	x.format.register(cmd, "format", "", "text", "json", "junit")
	cmd.Flags().StringVar(&x.run, "run", "", "run the tests whose names match `REGEX`")
	cmd.Flags().BoolVarP(&x.verbose, "verbose", "v", false, "show the tests that pass too")
	return cmd
}

// tester are the flags of test.
type tester struct {
	in      input
	format  choice
	run     string
	verbose bool
}

func (x *tester) test(cmd *cobra.Command, args []string) error {
	pattern, err := regexp.Compile(x.run)
	if err != nil {
		return fmt.Errorf("--run takes a regular expression: %w", err)
	}
	l, err := x.in.load(cmd, args)
	if err != nil {
		return err
	}
	if err := l.refuseBroken(cmd.ErrOrStderr()); err != nil {
		return err
	}
	results, err := runTests(l, x.in.environment, pattern)
	if err != nil {
		return err
	}
	if len(results) == 0 && x.run != "" {
		return fmt.Errorf("no test matches --run %q", x.run)
	}
	r := testReport{results: results, sources: l.sources, verbose: x.verbose}
	if err := r.write(cmd, x.format.value); err != nil {
		return err
	}
	if r.failed() > 0 {
		return errFindings
	}
	return nil
}

// testResult is what came out of one test, for one of its origins and methods.
type testResult struct {
	test     *policy.Test
	name     string // of the test, with origin and method where it has several
	outcome  *browser.Outcome
	answerer *explain.Answerer
	failures []string // whole sentences; none if it passed
}

func (r *testResult) passed() bool { return len(r.failures) == 0 }

// explanation is why the outcome is what it is.
func (r *testResult) explanation() *explain.Explanation { return r.answerer.Explain(r.outcome) }

// runTests runs the tests whose names match, in the author's order.
func runTests(l *loaded, environment string, pattern *regexp.Regexp) ([]testResult, error) {
	d := newDecider(l.program, environment)
	var results []testResult
	for i := range l.policy.Tests {
		t := &l.policy.Tests[i]
		a, err := d.answerer(requestOf(t))
		if err != nil {
			return nil, err
		}
		for _, r := range requests(t) {
			name := nameOf(t, r)
			if !pattern.MatchString(name) {
				continue
			}
			o, err := a.Fetch(r)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", t.Range, err)
			}
			results = append(results, testResult{t, name, o, a, compare(t, o)})
		}
	}
	return results, nil
}

// requestOf says which policy a test is about.
func requestOf(t *policy.Test) request {
	r := request{Policy: t.Policy, Site: t.Site, Path: t.Path}
	if t.Environment != "" {
		r.Environment = &t.Environment
	}
	return r
}

// requests returns what a test asks for: once for each origin and method.
func requests(t *policy.Test) []browser.Request {
	methods := t.Methods
	if len(methods) == 0 {
		methods = []policy.Item{{Text: "GET"}}
	}
	var headers []browser.Header
	for _, h := range t.Headers {
		headers = append(headers, browser.Header{Name: h.Name, Value: h.Value})
	}
	var all []browser.Request
	for _, o := range t.Origins {
		for _, m := range methods {
			all = append(all, browser.Request{
				Origin: o.Text, Method: m.Text, Headers: headers,
				Mode: browser.Mode(t.Mode), Credentials: browser.Credentials(t.Credentials),
			})
		}
	}
	return all
}

func nameOf(t *policy.Test, r browser.Request) string {
	var parts []string
	if len(t.Origins) > 1 {
		parts = append(parts, r.Origin)
	}
	if len(t.Methods) > 1 {
		parts = append(parts, r.Method)
	}
	if len(parts) == 0 {
		return t.Name
	}
	return t.Name + " [" + strings.Join(parts, " ") + "]"
}

// compare returns in what an outcome differs from what a test expects.
func compare(t *policy.Test, o *browser.Outcome) []string {
	var failures []string
	fail := func(format string, args ...any) { failures = append(failures, fmt.Sprintf(format, args...)) }
	got := verdict(o.Reason)
	switch want, exposed := readableNames(t), o.Exposed(); {
	case got != t.Expect.Value:
		fail("expected %s, and the browser says %s (%s)", t.Expect.Value, got, o.Reason)
	case t.Reason.Set && string(o.Reason) != t.Reason.Value:
		fail("expected the reason %s, and it is %s", t.Reason.Value, o.Reason)
	case t.ReadableHeaders.Set && !slices.Equal(want, exposed):
		fail("expected readable headers %s, and they are %s", names(want), names(exposed))
	}
	switch sent := len(o.Preflights()) > 0; {
	case t.Preflight.Set && sent && !t.Preflight.Value:
		fail("expected no preflight, and there is one for %s", o.PreflightCauses())
	case t.Preflight.Set && !sent && t.Preflight.Value:
		fail("expected a preflight, and there is none")
	}
	return failures
}

// readableNames returns the headers that a test expects to be readable besides
// those that always are.
func readableNames(t *policy.Test) []string {
	var names []string
	for _, item := range t.ReadableHeaders.Value {
		if name := strings.ToLower(item.Text); !slices.Contains(browser.Safelisted(), name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func names(list []string) string { return cmp.Or(strings.Join(list, ", "), "none") }
