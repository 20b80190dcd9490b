package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"
	"golang.org/x/tools/txtar"

	"github.com/corsgen/corsgen/emit"
	"github.com/corsgen/corsgen/emit/all"
	"github.com/corsgen/corsgen/report"
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
never overwrites a file that corsgen did not generate.

The kinds of targets are:
` + kindsHelp(),
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
	if cmd.Flags().Changed("target") && len(f.kinds) == 0 {
		return errors.New("--target names no kind; leave it out for all")
	}
	for _, kind := range f.kinds {
		if _, ok := all.Find(kind); !ok {
			return fmt.Errorf("there is no target kind %q; the kinds are %s", kind, strings.Join(all.Names(), ", "))
		}
	}
	l, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	outputs := f.emit(cmd, l, f.kinds)
	if err := l.refuse(cmd.ErrOrStderr()); err != nil {
		return err
	}
	if len(outputs) == 0 {
		return noTarget(f.kinds)
	}
	if f.stdout {
		_, err := cmd.OutOrStdout().Write(archive(outputs))
		return err
	}
	return f.write(cmd, l, outputs)
}

func kindsHelp() string {
	var b strings.Builder
	for _, t := range all.Targets() {
		fmt.Fprintf(&b, "  %-8s %s\n", t.Name, t.Doc)
	}
	return b.String()
}

func noTarget(kinds []string) error {
	kind := "nginx"
	if len(kinds) > 0 {
		kind = kinds[0]
	}
	return fmt.Errorf("the policy has no target to generate; write a block such as  target %q { path = %q }", kind, "deploy/"+kind)
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

// patience is how long a run waits for another one that writes the same files.
const patience = 10 * time.Second

func (f *generateFlags) write(cmd *cobra.Command, l *loaded, outputs []output) error {
	root, err := os.OpenRoot(l.policy.Dir)
	if err != nil {
		return err
	}
	defer root.Close()
	unlock, err := emit.Lock(root, patience)
	if err != nil {
		return err
	}
	defer func() { _ = unlock() }()
	if err := separate(root, outputs); err != nil {
		return err
	}
	var changes []emit.Change
	for _, o := range outputs {
		found, err := emit.Compare(root, o.dir, o.files)
		if err != nil {
			return err
		}
		changes = append(changes, found...)
	}
	if f.check {
		return printDifferences(cmd.OutOrStdout(), changes, newBlame(l.sources))
	}
	if err := apply(root, changes); err != nil {
		return err
	}
	printWritten(cmd.ErrOrStderr(), changes)
	return nil
}

// apply brings the files to their new state. An interrupt has no effect until they
// are in place, all of them or none.
func apply(root *os.Root, changes []emit.Change) error {
	signal.Ignore(os.Interrupt, syscall.SIGTERM)
	defer signal.Reset(os.Interrupt, syscall.SIGTERM)
	return emit.Apply(root, changes)
}

// separate returns an error if two outputs are in one folder, which links can
// bring about: each would remove the files of the other.
func separate(root *os.Root, outputs []output) error {
	for i, a := range outputs {
		first, err := root.Stat(a.dir)
		if err != nil {
			continue // not there yet
		}
		for _, b := range outputs[:i] {
			if second, err := root.Stat(b.dir); err == nil && os.SameFile(first, second) {
				return fmt.Errorf("%s and %s are one folder; give each target a folder of its own", b.dir, a.dir)
			}
		}
	}
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

// printDifferences prints for each file that is not current which lines of the
// policy it differs in, and a diff from what is on disk to what would be written.
func printDifferences(w io.Writer, changes []emit.Change, b *blame) error {
	different := false
	for _, c := range changes {
		if c.State == emit.Current {
			continue
		}
		different = true
		lines := report.PrintableLines(string(diff.Diff(c.Path, c.Old, c.Path+" (generated)", c.New)))
		if _, err := fmt.Fprintf(w, "%s%s", b.words(c), lines); err != nil {
			return err
		}
	}
	if different {
		return errFindings
	}
	return nil
}
