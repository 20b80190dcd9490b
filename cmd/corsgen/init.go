package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

func newInit() *cobra.Command {
	return &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a commented starter policy, cors.hcl",
		Long: `init writes a commented policy, cors.hcl, with a target for what is in the folder:
for Node, Vite or Create React App where there is a package.json and no go.mod, and
for Go otherwise. It prints a line that generates the files, for a Go file or for
package.json.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			if err := os.MkdirAll(dir, 0o777); err != nil {
				return err
			}
			name, s := filepath.Join(dir, "cors.hcl"), starterFor(dir)
			if err := writeStarter(name, s.policy()); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "wrote %s; edit it, then run %s generate.\n%s\n", name, s.command, s.hint)
			_, err := fmt.Fprintln(cmd.OutOrStdout(), s.line)
			return err
		},
	}
}

func writeStarter(name, policy string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already and is left as it is", name)
	}
	if err != nil {
		return err
	}
	if _, err := f.WriteString(policy); err != nil {
		return errors.Join(err, f.Close(), os.Remove(name))
	}
	return f.Close()
}
