package main

import (
	"fmt"

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
	cmd.Flags().StringVar(&failOn, "fail-on", failOn, "the severity that makes the exit status 1: error or warning")
	return cmd
}

func writeFindings(cmd *cobra.Command, l *loaded, f format) error {
	out := cmd.OutOrStdout()
	if f == formatJSON {
		return report.JSON(out, l.findings)
	}
	if len(l.findings) == 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s, no findings\n", plural(len(l.program.Policies), "policy", "policies"))
	}
	return report.Text(out, l.findings, l.sources, useColor(out))
}

func fails(findings diag.List, failOn string) bool {
	for _, d := range findings {
		if d.Severity == diag.Error || d.Severity == diag.Warning && failOn == "warning" {
			return true
		}
	}
	return false
}
