package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/docs"
	"github.com/corsgen/corsgen/report"
	"github.com/corsgen/corsgen/rules"
)

// checkFlags are the flags of check.
type checkFlags struct {
	input
	output findingsOutput
	fix    bool
	diff   bool
}

func newCheck() *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Parse and validate a policy, and look for risks",
		Long: `check parses and validates a policy, looks for risks, and lists the risks that are
accepted. With --fix it first mends in place what can only mean one thing, and
then reports what is left.`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.register(cmd)
	f.today.register(cmd)
	f.output.register(cmd)
	cmd.Flags().BoolVar(&f.fix, "fix", false, "mend what can only mean one thing, in the files of the policy's folder")
	cmd.Flags().BoolVar(&f.diff, "diff", false, "with --fix: write nothing; print what would change, and exit 1 if anything would or is left")
	return cmd
}

func (f *checkFlags) run(cmd *cobra.Command, args []string) error {
	if f.diff && (!f.fix || f.output.format.value != "text") {
		return errors.New("--diff goes with --fix, and with --format text")
	}
	l, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	m := mender{in: &f.input, cmd: cmd, paths: args}
	if f.fix {
		if l, err = m.mend(l); err != nil {
			return err
		}
	}
	if f.diff {
		return cmp.Or(m.diff(cmd.OutOrStdout(), l), f.output.status(l.findings))
	}
	if err := m.write(l); err != nil {
		return err
	}
	f.emit(cmd, l, nil) // for what generate would refuse
	err = f.output.write(cmd, report.Report{Findings: l.findings, Fixed: m.fixed, Accepted: accepted(l.accepted), Sources: l.sources})
	if err == nil && f.output.isText() {
		_, err = fmt.Fprintf(cmd.ErrOrStderr(), "%s, %s\n", plural(len(l.program.Policies), "policy", "policies"), summary(l.findings))
	}
	if err != nil {
		return err
	}
	return f.output.status(l.findings)
}

// accepted converts accepted risks for a report.
func accepted(list []rules.Acceptance) []report.Accepted {
	var out []report.Accepted
	for _, a := range list {
		r := report.Accepted{
			Policy: a.Policy, Rule: a.Risk.Rule, Environment: a.Risk.Environment, Reason: a.Risk.Reason, Owner: a.Risk.Owner,
			Expires: a.Risk.Expires, DaysLeft: a.DaysLeft, Range: a.Risk.Range, Findings: a.Findings,
		}
		for _, o := range a.Risk.Origins {
			r.Origins = append(r.Origins, o.Text)
		}
		out = append(out, r)
	}
	return out
}

// findingsOutput are the flags of the commands whose output is findings.
type findingsOutput struct {
	format choice
	failOn choice
}

func (o *findingsOutput) register(cmd *cobra.Command) {
	o.format.register(cmd, "format", "", "text", "json", "sarif", "github")
	o.failOn.register(cmd, "fail-on", "the severity that makes the exit status 1: ", "error", "warning")
}

func (o *findingsOutput) isText() bool { return o.format.value == "text" }

func (o *findingsOutput) write(cmd *cobra.Command, r report.Report) error {
	out := cmd.OutOrStdout()
	switch o.format.value {
	case "json":
		return report.JSON(out, r)
	case "sarif":
		return report.SARIF(out, r, report.Tool{Version: toolVersion(), Page: docs.RulePage})
	case "github":
		return report.GitHub(out, r)
	}
	color := useColor(out)
	if err := report.FixedText(cmd.ErrOrStderr(), r.Fixed); err != nil {
		return err
	}
	if err := report.Text(out, r.Findings, r.Sources, color); err != nil {
		return err
	}
	if len(r.Findings) > 0 && len(r.Accepted) > 0 {
		fmt.Fprintln(out)
	}
	return report.AcceptedText(out, r.Accepted, color)
}

// status returns errFindings if there is a finding of the severity that fails.
func (o *findingsOutput) status(findings diag.List) error {
	for _, d := range findings {
		if d.Severity == diag.Error || d.Severity == diag.Warning && o.failOn.value == "warning" {
			return errFindings
		}
	}
	return nil
}

// summary counts findings for people: "2 errors, 1 warning".
func summary(findings diag.List) string {
	var counts [diag.Note + 1]int
	for _, d := range findings {
		counts[d.Severity]++
	}
	var parts []string
	for severity, n := range counts {
		if name := diag.Severity(severity).String(); n > 0 {
			parts = append(parts, plural(n, name, name+"s"))
		}
	}
	if len(parts) == 0 {
		return "no findings"
	}
	return strings.Join(parts, ", ")
}
