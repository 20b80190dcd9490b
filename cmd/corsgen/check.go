package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/report"
)

func newCheck() *cobra.Command {
	var in input
	var f format
	failOn := "error"
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Parse and validate a policy, and look for risks",
		RunE: func(cmd *cobra.Command, args []string) error {
			if failOn != "error" && failOn != "warning" {
				return fmt.Errorf("--fail-on takes error or warning, not %q", failOn)
			}
			l, err := in.load(cmd, args)
			if err != nil {
				return err
			}
			in.emit(cmd, l, nil) // for what generate would refuse
			if err := writeFindings(cmd, l, f); err != nil {
				return err
			}
			if fails(l.findings, failOn) {
				return errFindings
			}
			return nil
		},
	}
	in.register(cmd)
	f.register(cmd)
	in.today.register(cmd)
	cmd.Flags().StringVar(&failOn, "fail-on", failOn, "the severity that makes the exit status 1: error or warning")
	return cmd
}

func writeFindings(cmd *cobra.Command, l *loaded, f format) error {
	out := cmd.OutOrStdout()
	if f == formatJSON {
		return report.JSON(out, l.findings)
	}
	if err := report.Text(out, l.findings, l.sources, useColor(out)); err != nil {
		return err
	}
	_, err := fmt.Fprintf(cmd.ErrOrStderr(), "%s, %s\n", plural(len(l.program.Policies), "policy", "policies"), summary(l.findings))
	return err
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

func fails(findings diag.List, failOn string) bool {
	for _, d := range findings {
		if d.Severity == diag.Error || d.Severity == diag.Warning && failOn == "warning" {
			return true
		}
	}
	return false
}
