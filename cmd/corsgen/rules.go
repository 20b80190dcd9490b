package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/corsgen/corsgen/diag"
)

func newRules() *cobra.Command {
	var f format
	cmd := &cobra.Command{
		Use:   "rules [ID]",
		Short: "List the rules, or show one by its code or slug",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			list := diag.Rules()
			if len(args) == 1 {
				r, ok := diag.LookupRule(args[0])
				if !ok {
					return fmt.Errorf("there is no rule %q; corsgen rules lists them", args[0])
				}
				list = []diag.Rule{r}
			}
			if f == formatJSON {
				return writeRulesJSON(cmd.OutOrStdout(), list)
			}
			return writeRules(cmd.OutOrStdout(), list)
		},
	}
	f.register(cmd)
	return cmd
}

func writeRules(w io.Writer, list []diag.Rule) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range list {
		note := ""
		switch {
		case r.Planned:
			note = " (not checked by this version)"
		case r.Risk:
			note = " (a risk that accept_risk can accept)"
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s%s\n", r.Code, r.Severity, r.Slug, r.Title, note)
	}
	return tw.Flush()
}

type jsonRule struct {
	Code       string `json:"code"`
	Slug       string `json:"slug"`
	Severity   string `json:"severity"`
	Title      string `json:"title"`
	Acceptable bool   `json:"acceptable"`
	Checked    bool   `json:"checked"`
}

func writeRulesJSON(w io.Writer, list []diag.Rule) error {
	out := struct {
		Version int        `json:"version"`
		Rules   []jsonRule `json:"rules"`
	}{Version: 1}
	for _, r := range list {
		out.Rules = append(out.Rules, jsonRule{r.Code, r.Slug, r.Severity.String(), r.Title, r.Risk, !r.Planned})
	}
	return json.NewEncoder(w).Encode(out)
}
