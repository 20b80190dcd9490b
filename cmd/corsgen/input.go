package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/corsgen/corsgen/compile"
	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/ir"
	"github.com/corsgen/corsgen/policy"
	"github.com/corsgen/corsgen/report"
	"github.com/corsgen/corsgen/rules"
)

// input are the flags of every command that reads a policy.
type input struct {
	environment string
	vars        []string
	varFiles    []string
	today       today
	replaced    policy.Sources // what files would hold with the fixes made so far
}

func (in *input) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&in.environment, "environment", "", "the environment `NAME`; without it the base stands")
	cmd.Flags().StringArrayVar(&in.vars, "var", nil, "set a variable: `NAME=VALUE`; may be repeated")
	cmd.Flags().StringArrayVar(&in.varFiles, "var-file", nil, "read variables from `FILE`; may be repeated")
}

// loaded is a policy program that was read, compiled and checked.
type loaded struct {
	policy   *policy.Program
	program  *ir.Program
	findings diag.List
	accepted []rules.Acceptance
	sources  map[string][]byte
}

// load reads the policy at paths, the current folder if there are none. An error
// is trouble; what is wrong with the policy is in the findings.
func (in *input) load(cmd *cobra.Command, paths []string) (*loaded, error) {
	defer progress(cmd.ErrOrStderr(), "reading the policy")()
	if len(paths) == 0 {
		paths = []string{"."}
	}
	program, sources, findings, err := policy.Load(paths, policy.Options{
		Vars: in.vars, VarFiles: in.varFiles, ToolVersion: toolVersion(), Replaced: in.replaced,
	})
	if err != nil {
		return nil, err
	}
	compiled, found := compile.Program(program)
	findings = append(findings, found...)
	if err := knownEnvironment(compiled, in.environment); err != nil && !findings.HasErrors() {
		return nil, err
	}
	checked := rules.Check(program, compiled, in.today.date())
	findings = append(findings, in.today.standing(checked.Findings, findings.HasErrors())...)
	if len(program.Policies) == 0 && !findings.HasErrors() {
		findings = append(findings, noPolicy(program))
	}
	rules.DropSharedFixes(program, findings)
	return &loaded{program, compiled, findings.Sorted(), checked.Accepted, sources}, nil
}

// noPolicy is the finding for a program that says nothing about CORS.
func noPolicy(p *policy.Program) diag.Diagnostic {
	without := "Nothing would be generated."
	if len(p.DevProxies) > 0 {
		without = "A dev proxy does not say which pages of other origins may read from the development server."
	}
	return diag.Diagnostic{
		Code:    "C003",
		Summary: "There is no policy",
		Detail:  without + " Write a policy block; corsgen init writes a file to start from.",
		Range:   diag.Range{File: filepath.Join(p.Dir, p.Sources[0])},
	}
}

func knownEnvironment(p *ir.Program, name string) error {
	switch {
	case name == "" || slices.Contains(p.Environments, name):
		return nil
	case len(p.Environments) == 0:
		return fmt.Errorf("there is no environment %q: the policy declares none", name)
	default:
		return fmt.Errorf("there is no environment %q; the policy declares %s", name, strings.Join(p.Environments, ", "))
	}
}

// refuse prints the errors and warnings, and returns errFindings if one is an
// error. Notes are for check.
func (l *loaded) refuse(stderr io.Writer) error {
	return l.printed(stderr, func(d diag.Diagnostic) bool { return d.Severity != diag.Note })
}

// refuseBroken is refuse for commands that need to know only what the policy
// means: a risk that nobody accepted does not keep a policy from having a meaning.
func (l *loaded) refuseBroken(stderr io.Writer) error {
	return l.printed(stderr, func(d diag.Diagnostic) bool {
		rule, _ := diag.LookupRule(d.Code)
		return d.Severity == diag.Error && !rule.Risk
	})
}

func (l *loaded) printed(stderr io.Writer, matters func(diag.Diagnostic) bool) error {
	var some diag.List
	for _, d := range l.findings {
		if matters(d) {
			some = append(some, d)
		}
	}
	if err := report.Text(stderr, some, l.sources, useColor(stderr)); err != nil {
		return err
	}
	if some.HasErrors() {
		return errFindings
	}
	return nil
}

// useColor reports whether w is a terminal whose user has not refused colour
// (https://no-color.org).
func useColor(w io.Writer) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(w)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// plural returns "1 policy" or "2 policies".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
