package main

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/all"
	golang "github.com/corsgen/corsgen/emit/go"
	"github.com/corsgen/corsgen/policy"
)

// output is a target block and its files.
type output struct {
	dir   string // slash-separated, below the policy's folder
	files []emit.File
}

// emit prints the targets of the kinds given, or all, and adds what it finds to
// l. Of a policy with errors it checks the targets and prints nothing.
func (in *input) emit(cmd *cobra.Command, l *loaded, kinds []string) []output {
	defer progress(cmd.ErrOrStderr(), "printing the targets")()
	var outputs []output
	broken := l.findings.HasErrors()
	for _, t := range l.policy.Targets {
		target, ok := all.Find(t.Kind)
		if !ok || len(kinds) > 0 && !slices.Contains(kinds, t.Kind) {
			continue
		}
		options, found := in.options(l.policy.Dir, t)
		if !broken && !found.HasErrors() {
			var files []emit.File
			files, found = target.Print(l.program, options)
			outputs = append(outputs, output{path.Clean(t.Path), files})
		}
		l.findings = append(l.findings, found...)
	}
	l.findings = l.findings.Sorted()
	return outputs
}

func (in *input) options(dir string, t policy.Target) (emit.Options, diag.List) {
	o := emit.Options{
		Environment: t.Environment, Package: t.Package, Prefix: t.Prefix, Module: t.Module,
		Framework: t.Framework, Observe: t.Observe, FreshWriters: t.FreshWriters,
		Context: t.Context, ServerVersion: t.ServerVersion, ServerVersionRange: t.ServerVersionRange,
	}
	if o.Environment == "" {
		o.Environment = in.environment
	}
	if t.Kind != "go" || o.Package != "" {
		return o, nil
	}
	o.Package = folderName(dir, t.Path)
	if !golang.IsPackageName(o.Package) {
		return o, diag.List{{
			Code:    "C005",
			Summary: fmt.Sprintf("The folder's name %q is not a Go package name", o.Package),
			Detail:  `The package is named after its folder. Choose another folder, or write package = "cors" beside the path.`,
			Range:   t.PathRange,
		}}
	}
	return o, nil
}

func folderName(dir, target string) string {
	folder := filepath.Join(dir, filepath.FromSlash(target))
	if abs, err := filepath.Abs(folder); err == nil {
		folder = abs
	}
	return filepath.Base(folder)
}
