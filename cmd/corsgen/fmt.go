package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/corsgen/corsgen/policy"
	"github.com/corsgen/corsgen/report"
)

type fmtFlags struct {
	check, diff bool
}

func newFmt() *cobra.Command {
	var f fmtFlags
	cmd := &cobra.Command{
		Use:   "fmt [PATH...]",
		Short: "Rewrite policies in canonical layout; - reads standard input",
		Long: `fmt rewrites policy files in canonical layout and names the files that changed:
one blank line between blocks, aligned equals signs and comments, lists of more
than 80 characters with a line for each element. No comment is lost and nothing
changes its order. With - it formats standard input to standard output. Files in
JSON syntax are left as they are, and so are files with syntax errors, which it
reports.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && args[0] == "-" {
				src, err := policy.ReadAll(cmd.InOrStdin())
				if err != nil {
					return err
				}
				return f.stdin(cmd, src)
			}
			return f.files(cmd, args)
		},
	}
	cmd.Flags().BoolVar(&f.check, "check", false, "write nothing; exit 1 and name the files that are not in canonical layout")
	cmd.Flags().BoolVar(&f.diff, "diff", false, "write nothing; exit 1 and print what would change")
	return cmd
}

func (f *fmtFlags) stdin(cmd *cobra.Command, src []byte) error {
	out, err := format1(cmd, "<standard input>", src)
	if err != nil {
		return err
	}
	if f.check || f.diff {
		return f.compare(cmd, "<standard input>", src, out)
	}
	_, err = cmd.OutOrStdout().Write(out)
	return err
}

func (f *fmtFlags) files(cmd *cobra.Command, paths []string) error {
	names, err := formattable(cmd, paths)
	if err != nil {
		return err
	}
	result := error(nil)
	for _, name := range names {
		switch err := f.file(cmd, name); err {
		case nil:
		case errFindings:
			result = err // the other files are formatted all the same
		default:
			return err
		}
	}
	return result
}

// formattable returns the files that paths name, which may be in many folders.
// It says so where one that is named itself is in JSON syntax.
func formattable(cmd *cobra.Command, paths []string) ([]string, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var names []string
	for _, path := range paths {
		found, err := policy.Files([]string{path})
		if err != nil {
			return nil, err
		}
		names = append(names, found...)
		if strings.HasSuffix(path, ".json") {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s is left as it is: JSON has no canonical layout here\n", path)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func (f *fmtFlags) file(cmd *cobra.Command, name string) error {
	src, err := policy.ReadFile(name)
	if err != nil {
		return err
	}
	out, err := format1(cmd, name, src)
	switch {
	case err == errFindings:
		fmt.Fprintf(cmd.ErrOrStderr(), "%s is left as it is: correct the errors first\n", name)
		return err
	case err != nil || bytes.Equal(src, out):
		return err
	}
	if f.check || f.diff {
		return f.compare(cmd, name, src, out)
	}
	if err := replaceFile(name, out); err != nil {
		return err
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), name)
	return err
}

// format1 formats one file, or reports why it cannot.
func format1(cmd *cobra.Command, name string, src []byte) ([]byte, error) {
	out, findings := policy.Format(name, src)
	if !findings.HasErrors() {
		return out, nil
	}
	w := cmd.ErrOrStderr()
	if err := report.Text(w, findings, map[string][]byte{name: src}, useColor(w)); err != nil {
		return nil, err
	}
	return nil, errFindings
}

func (f *fmtFlags) compare(cmd *cobra.Command, name string, src, out []byte) error {
	if bytes.Equal(src, out) {
		return nil
	}
	if !f.diff {
		fmt.Fprintln(cmd.OutOrStdout(), name)
		return errFindings
	}
	if _, err := cmd.OutOrStdout().Write(diff.Diff(name, src, name+" (formatted)", out)); err != nil {
		return err
	}
	return errFindings
}

// replaceFile writes content beside the file, with its permissions, and renames
// it into place. A symbolic link stays one.
func replaceFile(name string, content []byte) error {
	name, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(name), ".corsgen-fmt-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // fails after the rename, which is right
	if _, err = temp.Write(content); err == nil {
		err = temp.Chmod(info.Mode().Perm())
	}
	if closed := temp.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), name)
}
