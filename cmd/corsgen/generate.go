package main

import (
	"errors"
	"fmt"
	"go/token"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"
	"golang.org/x/tools/txtar"

	"github.com/corsgen/corsgen/diag"
	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/all"
	"github.com/corsgen/corsgen/policy"
)

type generateFlags struct {
	input
	kinds  []string
	check  bool
	stdout bool
}

func newGenerate() *cobra.Command {
	var f generateFlags
	cmd := &cobra.Command{
		Use:   "generate [PATH...]",
		Short: "Write every target of a policy",
		Long: `generate writes the files of every target block, all of them or none. It refuses
a policy with errors or with risks of error severity that nobody accepted, and
never overwrites a file that corsgen did not generate.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd, args)
		},
	}
	f.register(cmd)
	cmd.Flags().StringSliceVar(&f.kinds, "target", nil, "only targets of these `KINDS`: "+strings.Join(all.Names(), ","))
	cmd.Flags().BoolVar(&f.check, "check", false, "write nothing; exit 1 with a diff if a file is stale, missing or edited")
	cmd.Flags().BoolVar(&f.stdout, "stdout", false, "print the files, as a txtar archive, instead of writing them")
	cmd.MarkFlagsMutuallyExclusive("check", "stdout")
	return cmd
}

func (f *generateFlags) run(cmd *cobra.Command, args []string) error {
	for _, kind := range f.kinds {
		if _, ok := all.Find(kind); !ok {
			return fmt.Errorf("there is no target kind %q; the kinds are %s", kind, strings.Join(all.Names(), ", "))
		}
	}
	l, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	outputs, err := f.emit(cmd, l)
	if err != nil {
		return err
	}
	if err := l.refuse(cmd.ErrOrStderr()); err != nil {
		return err
	}
	if f.stdout {
		_, err := cmd.OutOrStdout().Write(archive(outputs))
		return err
	}
	return f.write(cmd, l.policy.Dir, outputs)
}

// output is a target block and its files.
type output struct {
	dir   string // slash-separated, below the policy's folder
	files []emit.File
}

// emit prints the selected targets and adds what it finds to l. It prints
// nothing for a policy with errors.
func (f *generateFlags) emit(cmd *cobra.Command, l *loaded) ([]output, error) {
	defer progress(cmd.ErrOrStderr(), "printing the targets")()
	var outputs []output
	if l.findings.HasErrors() {
		return nil, nil
	}
	for _, t := range l.policy.Targets {
		if len(f.kinds) > 0 && !slices.Contains(f.kinds, t.Kind) {
			continue
		}
		target, _ := all.Find(t.Kind)
		options, found := f.options(l.policy.Dir, t)
		if !found.HasErrors() {
			var files []emit.File
			files, found = target.Print(l.program, options)
			outputs = append(outputs, output{path.Clean(t.Path), files})
		}
		l.findings = append(l.findings, found...)
	}
	if len(outputs) == 0 && !l.findings.HasErrors() {
		return nil, errors.New(`the policy has no such target; write a block such as  target "nginx" { path = "deploy/nginx" }`)
	}
	return outputs, nil
}

func (f *generateFlags) options(dir string, t policy.Target) (emit.Options, diag.List) {
	o := emit.Options{Environment: t.Environment, Package: t.Package, Prefix: t.Prefix}
	if o.Environment == "" {
		o.Environment = f.environment
	}
	if t.Kind != "go" || o.Package != "" {
		return o, nil
	}
	o.Package = folderName(dir, t.Path)
	if !token.IsIdentifier(o.Package) || o.Package == "_" {
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

func archive(outputs []output) []byte {
	var a txtar.Archive
	for _, o := range outputs {
		for _, f := range o.files {
			a.Files = append(a.Files, txtar.File{Name: path.Join(o.dir, f.Path), Data: f.Content})
		}
	}
	return txtar.Format(&a)
}

func (f *generateFlags) write(cmd *cobra.Command, dir string, outputs []output) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	var changes []emit.Change
	for _, o := range outputs {
		found, err := emit.Compare(root, o.dir, o.files)
		if err != nil {
			return err
		}
		changes = append(changes, found...)
	}
	if f.check {
		return printDifferences(cmd.OutOrStdout(), changes)
	}
	if err := emit.Apply(root, changes); err != nil {
		return err
	}
	printWritten(cmd.ErrOrStderr(), changes)
	return nil
}

func printWritten(w io.Writer, changes []emit.Change) {
	for _, c := range changes {
		switch c.State {
		case emit.Missing, emit.Stale:
			fmt.Fprintf(w, "wrote %s\n", c.Path)
		case emit.Leftover:
			fmt.Fprintf(w, "removed %s, which is no longer generated\n", c.Path)
		default:
			fmt.Fprintf(w, "unchanged %s\n", c.Path)
		}
	}
}

// printDifferences prints a diff from what is on disk to what would be written.
func printDifferences(w io.Writer, changes []emit.Change) error {
	different := false
	for _, c := range changes {
		if c.State == emit.Current {
			continue
		}
		different = true
		if _, err := fmt.Fprintf(w, "%s is %s\n%s", c.Path, c.State, diff.Diff(c.Path, c.Old, c.Path+" (generated)", c.New)); err != nil {
			return err
		}
	}
	if different {
		return errFindings
	}
	return nil
}
