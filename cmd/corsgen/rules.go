package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/docs"
)

func newRules() *cobra.Command {
	var format choice
	cmd := &cobra.Command{
		Use:   "rules [ID]",
		Short: "List the rules, or explain one by its code or slug",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			out := cmd.OutOrStdout()
			if len(args) == 0 {
				return listRules(out, format.value)
			}
			r, ok := diag.LookupRule(args[0])
			if !ok {
				return fmt.Errorf("there is no rule %q; corsgen rules lists them", args[0])
			}
			return explainRule(out, format.value, r)
		},
	}
	format.register(cmd, "format", "", "text", "json")
	return cmd
}

func listRules(w io.Writer, format string) error {
	list := diag.Rules()
	if format == "json" {
		var out []jsonRule
		for _, r := range list {
			out = append(out, newJSONRule(r))
		}
		return writeRulesJSON(w, out)
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range list {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s%s\n", r.Code, r.Severity, r.Slug, r.Title, ruleNote(r))
	}
	return tw.Flush()
}

// ruleNote says what can be done about findings of a rule.
func ruleNote(r diag.Rule) string {
	switch {
	case r.Planned:
		return " (not checked by this version)"
	case r.Risk:
		return " (a risk that accept_risk can accept)"
	case r.Fixable:
		return " (check --fix mends it)"
	default:
		return ""
	}
}

// explainRule prints the page of a rule.
func explainRule(w io.Writer, format string, r diag.Rule) error {
	page := docs.RulePage(r.Code)
	if format == "json" {
		out := newJSONRule(r)
		out.Page = page
		return writeRulesJSON(w, []jsonRule{out})
	}
	_, err := io.WriteString(w, page)
	return err
}

type jsonRule struct {
	Code         string `json:"code"`
	Slug         string `json:"slug"`
	Severity     string `json:"severity"`
	Title        string `json:"title"`
	Acceptable   bool   `json:"acceptable"`
	NeedsOrigins bool   `json:"needs_origins"`
	Fixable      bool   `json:"fixable"`
	Checked      bool   `json:"checked"`
	Page         string `json:"page,omitempty"`
}

func newJSONRule(r diag.Rule) jsonRule {
	return jsonRule{
		Code: r.Code, Slug: r.Slug, Severity: r.Severity.String(), Title: r.Title,
		Acceptable: r.Risk, NeedsOrigins: r.OfOrigins, Fixable: r.Fixable, Checked: !r.Planned,
	}
}

func writeRulesJSON(w io.Writer, list []jsonRule) error {
	return json.NewEncoder(w).Encode(struct {
		Version int        `json:"version"`
		Rules   []jsonRule `json:"rules"`
	}{1, list})
}
